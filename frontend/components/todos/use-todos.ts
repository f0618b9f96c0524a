"use client";

import { useInfiniteQuery, useMutationState } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Listing, Todo } from "@/lib/api/todos";
import { CHANGE_KEY, todosQuery } from "./todo-query";
import { changes } from "./use-change-todo";
import type { Wish } from "./wish";

/** The todos of a list as the user should see them: what the server said, plus the changes on their way. */
export function useTodos(listing: Listing) {
  const query = useInfiniteQuery(todosQuery(listing));
  const changing = useMutationState({
    filters: { mutationKey: CHANGE_KEY, status: "pending" },
    select: (mutation) => mutation,
  });

  const { data, isPlaceholderData } = query;
  const pages = useMemo(() => {
    if (!data) return undefined;
    const code = changes.get();
    // While another list loads, what is known of it is shown at once.
    if (!code) return isPlaceholderData ? undefined : data.pages;
    const known = isPlaceholderData ? [code.guess(data.pages, listing)] : data.pages;
    return code.withWishes(
      known,
      changing.map((mutation) => mutation.state.variables as Wish),
      listing,
    );
  }, [data, isPlaceholderData, changing, listing]);

  const items = useMemo(() => pages && eachOnce(pages.flatMap((page) => page.items)), [pages]);
  return { ...query, items, counts: pages?.[0]?.counts };
}

/** A todo that was moved between the fetching of two pages is in both; its newest version, fetched last, is meant. */
function eachOnce(items: Todo[]): Todo[] {
  const newest = new Map<string, Todo>();
  for (const todo of items) {
    if (todo.version >= (newest.get(todo.id)?.version ?? 0)) newest.set(todo.id, todo);
  }
  return newest.size === items.length ? items : items.filter((todo) => newest.get(todo.id) === todo);
}
