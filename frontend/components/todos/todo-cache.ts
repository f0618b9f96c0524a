import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Listing, Todo, TodoPage } from "@/lib/api/todos";
import { applyChanges, type Change } from "@/lib/optimistic";
import { TODOS_KEY } from "./todo-query";

type CachedTodos = InfiniteData<TodoPage, string | null>;

/** Writes what the server said into every cached list. */
export function writeChanges(client: QueryClient, changes: Change[]): void {
  for (const [key] of client.getQueriesData<CachedTodos>({ queryKey: TODOS_KEY })) {
    const listing = key[1] as Listing;
    client.setQueryData<CachedTodos>(
      key,
      (data) => data && { ...data, pages: applyChanges(data.pages, changes, listing) },
    );
  }
}

/** The newest that any cached list knows of a todo. */
export function cachedTodo(client: QueryClient, id: string): Todo | undefined {
  return client
    .getQueriesData<CachedTodos>({ queryKey: TODOS_KEY })
    .flatMap(([, data]) => data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter((todo) => todo.id === id)
    .sort((a, b) => b.version - a.version)[0];
}
