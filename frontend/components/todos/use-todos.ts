"use client";

import { useInfiniteQuery, useMutationState } from "@tanstack/react-query";
import { useMemo } from "react";
import { applyChanges } from "@/lib/optimistic";
import { matchesView, type TodoView } from "@/lib/todo-view";
import { todosQuery } from "./todo-query";
import { CHANGE_KEY, isOpen } from "./use-change-todo";
import { asChange, type Wish } from "./wish";

/** The todos of a view as the user should see them: what the server said, plus the changes on their way. */
export function useTodos(view: TodoView) {
  const query = useInfiniteQuery(todosQuery(view));
  const changing = useMutationState({
    filters: { mutationKey: CHANGE_KEY, status: "pending" },
    select: (mutation) => mutation,
  });

  const { data, isPlaceholderData } = query;
  const pages = useMemo(() => {
    if (!data) return undefined;
    // While another view loads, what is known of it is shown at once.
    const known = isPlaceholderData
      ? data.pages.map((page) => ({ ...page, items: page.items.filter((todo) => matchesView(todo, view)) }))
      : data.pages;
    const wishes = changing.map((mutation) => mutation.state.variables as Wish);
    return applyChanges(known, wishes.filter(isOpen).map(asChange), view);
  }, [data, isPlaceholderData, changing, view]);

  return {
    ...query,
    items: pages?.flatMap((page) => page.items),
    counts: pages?.[0]?.counts,
  };
}
