"use client";

import clsx from "clsx";
import { useEffect, useMemo, useState } from "react";
import { AppBar } from "@/components/app-bar";
import { Overlays } from "@/components/overlays";
import { later, useLater } from "@/components/ui/later";
import { whenIdle } from "@/components/ui/when-idle";
import type { Todo, TodoPage } from "@/lib/api/todos";
import { EXPORT_HREF } from "@/lib/export-href";
import { toListing } from "@/lib/todo-listing";
import { EVERYTHING, type TodoView } from "@/lib/todo-view";
import { useClock } from "./clock";
import { EmptyState } from "./empty-state";
import { ListSkeleton } from "./list-skeleton";
import { TodoComposer } from "./todo-composer";
import { TodoFilters } from "./todo-filters";
import { TodoHeader } from "./todo-header";
import { TodoList } from "./todo-list";
import { changes } from "./use-change-todo";
import { useEarlyKeys } from "./use-early-keys";
import { useSelection } from "./use-selection";
import { useTodoView } from "./use-todo-view";
import { useTodos } from "./use-todos";

/** The rest of the page, loaded when its first rendering is done and shown. */
export const rest = later(() => import("./rest"));

/** What is done with many at once; loaded after the first rendering. */
const bulk = later(() => import("./bulk-bar"));

const NONE: Todo[] = [];

/** The count of what a view shows. */
function shownCount({ status }: TodoView): keyof TodoPage["counts"] {
  return status === "all" ? "total" : status;
}

/** The whole page: what is to do, a place to add to it, filters, and the list. */
export function TodoApp() {
  const [view, changeView] = useTodoView();
  const { today } = useClock();
  const listing = useMemo(() => toListing(view, today), [view, today]);
  const todos = useTodos(listing);
  const { items, counts } = todos;
  const selection = useSelection(items ?? NONE);
  const bar = useLater(bulk, selection.active);
  const [idle, setIdle] = useState(false);
  const more = useLater(rest, idle);
  useEarlyKeys(more !== undefined);
  useEffect(
    () =>
      whenIdle(() => {
        setIdle(true);
        changes.warm();
        bulk.warm();
      }),
    [],
  );

  return (
    <>
      <AppBar commands={more !== undefined} />
      <main
        className={clsx(
          "mx-auto flex w-full max-w-2xl flex-col px-4 pt-4 sm:px-6 sm:pt-8",
          // Nothing stays behind the bar.
          bar ? "pb-40" : "pb-20",
        )}
      >
        <TodoHeader view={view} counts={counts} />
        <TodoComposer listing={listing} onShowAll={() => changeView(EVERYTHING)} />
        <TodoFilters view={view} counts={counts} onChange={changeView} selection={selection} />
        {more && <more.ListStatus error={items ? todos.error : null} onRetry={todos.refetch} />}
        <section
          aria-label="Todos"
          aria-busy={todos.isFetching}
          className="overflow-hidden rounded-3xl border border-line bg-surface shadow-card"
        >
          {items && items.length > 0 ? (
            <TodoList
              items={items}
              total={
                todos.hasNextPage && counts ? Math.max(counts[shownCount(view)], items.length) : items.length
              }
              movable={view.sort === "manual"}
              selection={selection}
              Keys={more?.ListKeys}
            />
          ) : todos.isError && more ? (
            <more.ListFailed error={todos.error} onRetry={todos.refetch} />
          ) : !items || todos.isPlaceholderData ? (
            <ListSkeleton />
          ) : (
            <EmptyState view={view} counts={counts} onChange={changeView} />
          )}
        </section>
        {more && todos.hasNextPage && (
          <more.LoadMore
            loading={todos.isFetching}
            failed={todos.isFetchNextPageError}
            onLoad={todos.fetchNextPage}
          />
        )}
        <noscript>
          <p className="mt-6 text-center text-sm text-muted">
            You can read, filter and search without JavaScript, and{" "}
            <a href={EXPORT_HREF} download className="font-medium text-ink underline underline-offset-4">
              download your todos
            </a>
            ; adding and changing them needs it.
          </p>
        </noscript>
      </main>
      {bar && items && <bar.BulkBar selection={selection} shown={items.length} />}
      {more && <more.PageCommands />}
      <Overlays />
    </>
  );
}
