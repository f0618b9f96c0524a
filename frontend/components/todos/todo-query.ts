import { infiniteQueryOptions, keepPreviousData, type QueryClient } from "@tanstack/react-query";
import { listTodos, type TodoPage } from "@/lib/api/todos";
import type { TodoView } from "@/lib/todo-view";

/** The root of every cached list of todos. */
export const TODOS_KEY = ["todos"] as const;

/** How long a list counts as fresh; the page's own is not fetched again right after it was rendered. */
const FRESH_MS = 20_000;

/** The list of one view, page by page. The previous view stays visible while the next one loads. */
export function todosQuery(view: TodoView) {
  return infiniteQueryOptions({
    queryKey: [...TODOS_KEY, view] as const,
    queryFn: ({ pageParam, signal }) => listTodos(view, { cursor: pageParam, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
  });
}

/** Puts the page that the server fetched into a cache, as if the browser had asked for it. */
export function seedTodos(client: QueryClient, view: TodoView, page: TodoPage): void {
  client.setQueryData(todosQuery(view).queryKey, { pages: [page], pageParams: [null] });
}
