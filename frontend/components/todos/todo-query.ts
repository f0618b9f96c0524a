import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import { loadTodosApi } from "@/lib/api/load";
import type { Listing, TodoPage } from "@/lib/api/todos";

/** The root of every cached list of todos. */
export const TODOS_KEY = ["todos"] as const;

/** The key of every change of a todo. */
export const CHANGE_KEY = [...TODOS_KEY, "change"] as const;

/** How long a list counts as fresh; the page's own is not fetched again right after it was rendered. */
const FRESH_MS = 20_000;

/** A list, page by page. The previous one stays visible while the next one loads. */
export function todosQuery(listing: Listing) {
  return infiniteQueryOptions({
    queryKey: [...TODOS_KEY, listing] as const,
    queryFn: async ({ pageParam, signal }): Promise<TodoPage> => {
      const { listTodos } = await loadTodosApi();
      return listTodos(listing, { cursor: pageParam, signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
    // What was not late a minute ago may be now.
    refetchInterval: listing.overdue ? 60_000 : false,
    // Another tab may have changed anything, however fresh this one's list is.
    refetchOnWindowFocus: "always",
  });
}
