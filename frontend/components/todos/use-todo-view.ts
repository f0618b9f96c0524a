"use client";

import { useSearchParams } from "next/navigation";
import { type MouseEvent, useMemo, useSyncExternalStore } from "react";
import { parseView, type TodoView, viewHref } from "@/lib/todo-view";

/** Changes the view: gives what is different from the current one. */
export type ChangeView = (change: Partial<TodoView>, history?: "push" | "replace") => void;

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("popstate", listener);
  };
}

/**
 * The change starts from the address of this moment, not from the one of the last rendering, so that
 * typing and clicking in quick succession add up. The history API does not ask the server for the
 * page again; the list itself is fetched from the API.
 */
export const changeView: ChangeView = (change, history = "push") => {
  const current = parseView(new URLSearchParams(window.location.search));
  const href = viewHref({ ...current, ...change });
  if (href === viewHref(current)) return;
  window.history[`${history}State`](null, "", href);
  for (const listener of listeners) listener();
};

/** Follows a link to another view without loading the page, unless the user wants it in a new tab or window. */
export function followView(event: MouseEvent, change: Partial<TodoView>): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  changeView(change);
}

/** The view in the URL, and a way to change it. Next's own search parameters would follow only after a transition. */
export function useTodoView(): [TodoView, ChangeView] {
  const params = useSearchParams();
  const search = useSyncExternalStore(
    subscribe,
    () => window.location.search,
    () => params.toString(),
  );
  const view = useMemo(() => parseView(new URLSearchParams(search)), [search]);
  return [view, changeView];
}
