"use client";

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Todo } from "@/lib/api/todos";
import { isSaved } from "./draft";

/** What one bulk change takes at most. */
export const MAX_SELECTED = 200;

export type Selection = {
  /** Whether rows are being selected; off again with `clear`. */
  active: boolean;
  ids: ReadonlySet<string>;
  /** The selected todos that are shown, in the list's order. */
  todos: Todo[];
  start: () => void;
  /** Selects a todo or takes it out; with `range`, does so with all up to it from the last one. */
  toggle: (id: string, range?: boolean) => void;
  selectAll: () => void;
  clear: () => void;
};

const NOTHING: ReadonlySet<string> = new Set();

/** Which of the shown todos are selected for a change of many at once. What is no longer shown is not selected. */
export function useSelection(items: Todo[]): Selection {
  const [active, setActive] = useState(false);
  const [ids, setIds] = useState(NOTHING);
  const last = useRef<string>(undefined);
  const shown = useRef(items);
  useEffect(() => {
    shown.current = items;
  }, [items]);

  const toggle = useCallback((id: string, range = false) => {
    const order = shown.current.filter(isSaved).map((todo) => todo.id);
    const from = range && last.current ? order.indexOf(last.current) : -1;
    const to = order.indexOf(id);
    const touched = from < 0 ? [id] : order.slice(Math.min(from, to), Math.max(from, to) + 1);
    setActive(true);
    setIds((current) => {
      const next = new Set(current);
      // A range does with all of it what was done with its beginning.
      const select = from < 0 ? !current.has(id) : current.has(last.current ?? id);
      for (const one of touched) {
        if (!select) next.delete(one);
        else if (next.size < MAX_SELECTED) next.add(one);
      }
      return next;
    });
    if (from < 0) last.current = id;
  }, []);

  const clear = useCallback(() => {
    setActive(false);
    setIds(NOTHING);
    last.current = undefined;
  }, []);
  const start = useCallback(() => setActive(true), []);
  const selectAll = useCallback(() => {
    setActive(true);
    const all = shown.current.filter(isSaved).map((todo) => todo.id);
    setIds(new Set(all.slice(0, MAX_SELECTED)));
  }, []);

  const todos = useMemo(() => items.filter((todo) => ids.has(todo.id)), [items, ids]);
  return { active, ids, todos, start, toggle, selectAll, clear };
}
