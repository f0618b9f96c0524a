"use client";

import { ServerCrash } from "lucide-react";
import { useMemo } from "react";
import { AppBar } from "@/components/app-bar";
import { usePageCommands } from "@/components/commands/page-commands";
import { Overlays } from "@/components/overlays";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api/problem";
import type { TodoPage } from "@/lib/api/todos";
import { toListing } from "@/lib/todo-listing";
import { EVERYTHING, type TodoView } from "@/lib/todo-view";
import { useClock } from "./clock";
import { EmptyState } from "./empty-state";
import { ListSkeleton } from "./list-skeleton";
import { LoadMore } from "./load-more";
import { TodoComposer } from "./todo-composer";
import { TodoFilters } from "./todo-filters";
import { TodoHeader } from "./todo-header";
import { TodoList } from "./todo-list";
import { useTodoView } from "./use-todo-view";
import { useTodos } from "./use-todos";

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
  usePageCommands(changeView);

  return (
    <>
      <AppBar />
      <main className="mx-auto flex w-full max-w-2xl flex-col px-4 pt-4 pb-20 sm:px-6 sm:pt-8">
        <TodoHeader view={view} counts={counts} />
        <TodoComposer listing={listing} onShowAll={() => changeView(EVERYTHING)} />
        <TodoFilters view={view} counts={counts} onChange={changeView} />
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
            />
          ) : todos.isError ? (
            <Notice
              icon={ServerCrash}
              title="The list could not be loaded"
              actions={<Button onClick={() => todos.refetch()}>Try again</Button>}
            >
              {explain(todos.error)}
            </Notice>
          ) : !items || todos.isPlaceholderData ? (
            <ListSkeleton />
          ) : (
            <EmptyState view={view} counts={counts} onChange={changeView} />
          )}
        </section>
        {todos.hasNextPage && (
          <LoadMore
            loading={todos.isFetching}
            failed={todos.isFetchNextPageError}
            onLoad={todos.fetchNextPage}
          />
        )}
        <noscript>
          <p className="mt-6 text-center text-sm text-muted">
            You can read, filter and search without JavaScript; adding and changing todos needs it.
          </p>
        </noscript>
      </main>
      <Overlays />
    </>
  );
}
