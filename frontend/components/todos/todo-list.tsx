"use client";

import { useCallback, useRef } from "react";
import type { Todo } from "@/lib/api/todos";
import { TodoItem } from "./todo-item";
import { rowKey } from "./use-change-todo";

/** The rows. When the row with the focus goes away, the focus moves to its neighbour. */
export function TodoList({ items }: { items: Todo[] }) {
  const list = useRef<HTMLUListElement>(null);

  const focusNeighbour = useCallback((row: HTMLElement) => {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    const target = next?.querySelector<HTMLElement>("input, button") ?? document.getElementById("new-todo");
    target?.focus();
  }, []);

  return (
    <ul ref={list} className="divide-y divide-line">
      {items.map((todo) => (
        <TodoItem key={rowKey(todo)} todo={todo} onLeave={focusNeighbour} />
      ))}
    </ul>
  );
}
