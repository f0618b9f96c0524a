"use client";

import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { parseView, type TodoView, viewHref } from "@/lib/todo-view";

/**
 * The view in the URL, and a way to change it. The history API changes the address without asking
 * the server for the page again; the list itself is fetched from the API.
 */
export function useTodoView(): [TodoView, (view: TodoView, history?: "push" | "replace") => void] {
  const params = useSearchParams();
  const view = useMemo(() => parseView(new URLSearchParams(params)), [params]);
  const setView = useCallback((next: TodoView, history: "push" | "replace" = "push") => {
    window.history[`${history}State`](null, "", viewHref(next));
  }, []);
  return [view, setView];
}
