"use client";

import { LoaderCircle, ServerCrash } from "lucide-react";
import { AppBar } from "@/components/app-bar";
import { usePageCommands } from "@/components/commands/page-commands";
import { Overlays } from "@/components/overlays";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api/problem";
import { EVERYTHING } from "@/lib/todo-view";
import { EmptyState } from "./empty-state";
import { ListSkeleton } from "./list-skeleton";
import { TodoComposer } from "./todo-composer";
import { TodoFilters } from "./todo-filters";
import { TodoHeader } from "./todo-header";
import { TodoList } from "./todo-list";
import { useTodoView } from "./use-todo-view";
import { useTodos } from "./use-todos";

/** The whole page: what is to do, a place to add to it, filters, and the list. */
export function TodoApp() {
  const [view, changeView] = useTodoView();
  const todos = useTodos(view);
  const { items, counts } = todos;
  usePageCommands(changeView);

  return (
    <>
      <AppBar />
      <main className="mx-auto flex w-full max-w-2xl flex-col px-4 pt-4 pb-20 sm:px-6 sm:pt-8">
        <TodoHeader counts={view.q ? undefined : counts} />
        <TodoComposer view={view} onShowAll={() => changeView(EVERYTHING)} />
        <TodoFilters view={view} counts={counts} onChange={changeView} />
        <section
          aria-label="Todos"
          aria-busy={todos.isFetching}
          className="overflow-hidden rounded-3xl border border-line bg-surface shadow-card"
        >
          {items && items.length > 0 ? (
            <TodoList items={items} />
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
          <Button
            look="outline"
            className="mt-5 self-center"
            aria-disabled={todos.isFetchingNextPage}
            onClick={() => !todos.isFetchingNextPage && todos.fetchNextPage()}
          >
            {todos.isFetchingNextPage && <LoaderCircle aria-hidden="true" className="size-4 animate-spin" />}
            {todos.isFetchNextPageError ? "That did not work. Try again" : "Show more"}
          </Button>
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
