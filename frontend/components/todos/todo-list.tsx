"use client";

import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { later } from "@/components/ui/later";
import { whenIdle } from "@/components/ui/when-idle";
import type { Todo } from "@/lib/api/todos";
import { useListKeys } from "./list-keys";
import { moveBy } from "./move";
import { editor, type RowActions, TodoItem } from "./todo-item";
import { rowKey, useChangeTodo } from "./use-change-todo";
import type { RenderRow } from "./virtual-rows";

/** Up to here all rows are in the page; more of them than this, and only those in sight are. */
const PLAIN_ROWS = 50;

const virtual = later(() => import("./virtual-rows"));

const NOBODY: ReadonlySet<string> = new Set();

type TodoListProps = {
  items: Todo[];
  /** How many there are with those that are not loaded yet. */
  total: number;
  /** Whether the order is the user's own, so that rows can be moved. */
  movable: boolean;
};

/** The rows. When the row with the focus goes away, the focus moves to its neighbour. */
export function TodoList({ items, total, movable }: TodoListProps) {
  const list = useRef<HTMLUListElement>(null);
  const [editing, setEditing] = useState(NOBODY);
  const [, setLoaded] = useState(false);
  const { mutate } = useChangeTodo();
  const VirtualRows = items.length > PLAIN_ROWS ? virtual.get()?.VirtualRows : undefined;

  const actions = useMemo<RowActions>(
    () => ({
      setEditing: (id, now) =>
        setEditing((ids) => new Set(now ? [...ids, id] : [...ids].filter((other) => other !== id))),
      leave: focusNeighbour,
    }),
    [],
  );

  // So that a click finds it there, even when the network is gone by then.
  useEffect(() => whenIdle(editor.warm), []);

  const many = total > PLAIN_ROWS;
  useEffect(() => {
    if (many) virtual.load(() => setLoaded(true));
  }, [many]);

  const onMove = useCallback(
    (index: number, by: number) => {
      const wish = items[index] && moveBy(items, items[index].id, by);
      if (wish) mutate(wish);
    },
    [items, mutate],
  );
  const onKeyDown = useListKeys({ list, count: items.length, onMove: movable ? onMove : undefined });

  const renderRow: RenderRow = (index, place) => {
    const todo = items[index];
    return (
      todo && (
        <TodoItem
          key={rowKey(todo)}
          todo={todo}
          index={index}
          total={total}
          editing={editing.has(todo.id)}
          actions={actions}
          {...place}
        />
      )
    );
  };

  return (
    <ul ref={list} onKeyDown={onKeyDown}>
      {VirtualRows ? (
        <VirtualRows list={list} items={items} editing={editing} renderRow={renderRow} />
      ) : (
        plainRows(items.length, renderRow)
      )}
    </ul>
  );
}

function plainRows(count: number, renderRow: RenderRow): ReactNode[] {
  return Array.from({ length: count }, (_, index) => renderRow(index));
}

function focusNeighbour(row: HTMLElement): void {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  const target = next?.querySelector<HTMLElement>("input, button") ?? document.getElementById("new-todo");
  target?.focus();
}
