"use client";

import {
  type ComponentProps,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { ListKeys } from "@/components/commands/keys";
import { later, useLater } from "@/components/ui/later";
import { announce } from "@/components/ui/live-region";
import { useHydrated } from "@/components/ui/use-hydrated";
import { whenIdle } from "@/components/ui/when-idle";
import type { Todo } from "@/lib/api/todos";
import { quoted } from "@/lib/text";
import { rowKey } from "./draft";
import { type Moved, moveBeside, moveBy } from "./move";
import type { RowActions } from "./row-actions";
import { drag } from "./row-grip";
import { editor, TodoItem } from "./todo-item";
import { type ChangeTodo, useChangeTodo } from "./use-change-todo";
import type { Selection } from "./use-selection";
import type { RenderRow } from "./virtual-rows";

/** A list of up to so many has all its rows in the page; of a longer one, only those in sight are, before it is scrolled. */
const PLAIN_ROWS = 50;

const virtual = later(() => import("./virtual-rows"));

const NOBODY: ReadonlySet<string> = new Set();

type TodoListProps = {
  items: Todo[];
  /** How many there are with those that are not loaded yet. */
  total: number;
  /** Whether the order is the user's own, so that rows can be moved. */
  movable: boolean;
  selection: Selection;
  /** What its keys do, once that is loaded. */
  Keys: typeof ListKeys | undefined;
};

/** The rows. When the row with the focus goes away, the focus moves to its neighbour. */
export function TodoList({ items, total, movable, selection, Keys }: TodoListProps) {
  const list = useRef<HTMLUListElement>(null);
  const [editing, setEditing] = useState(NOBODY);
  const [dragReady, setDragReady] = useState(false);
  const VirtualRows = useLater(virtual, total > PLAIN_ROWS)?.VirtualRows;
  const { toggle: select } = selection;
  const live = useHydrated();
  const { mutate, mutateAsync } = useChangeTodo();
  const move = useMove(items, mutateAsync);

  const actions = useMemo<RowActions>(
    () => ({
      setEditing: (id, now) =>
        setEditing((ids) => new Set(now ? [...ids, id] : [...ids].filter((other) => other !== id))),
      select,
      leave: focusNeighbour,
      ...move,
    }),
    [select, move],
  );

  // So that a click finds it there, even when the network is gone by then.
  useEffect(() => whenIdle(editor.warm), []);
  useEffect(() => {
    if (movable) return whenIdle(() => drag.load(() => setDragReady(true)));
  }, [movable]);

  const onMove = useCallback(
    (index: number, by: number) => items[index] && move.move(items[index].id, by),
    [items, move],
  );
  const onSelect = useCallback((index: number) => items[index] && select(items[index].id), [items, select]);
  const onKey = useRef<ComponentProps<typeof ListKeys>["handler"]["current"]>(undefined);

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
          selected={selection.active ? selection.ids.has(todo.id) : null}
          movable={movable}
          dragReady={dragReady}
          live={live}
          mutate={mutate}
          actions={actions}
          {...place}
        />
      )
    );
  };

  return (
    // A root of its own, so that the first row's margin stays inside and the list's top stays where it is.
    <ul
      ref={list}
      onKeyDown={(event) => onKey.current?.(event)}
      className={selection.active ? "selecting flow-root" : "flow-root"}
    >
      {VirtualRows ? (
        <VirtualRows list={list} items={items} editing={editing} renderRow={renderRow} />
      ) : (
        plainRows(items.length, renderRow)
      )}
      {Keys && (
        <Keys
          list={list}
          count={items.length}
          onMove={movable ? onMove : undefined}
          onSelect={onSelect}
          handler={onKey}
        />
      )}
    </ul>
  );
}

function plainRows(count: number, renderRow: RenderRow): ReactNode[] {
  return Array.from({ length: count }, (_, index) => renderRow(index));
}

/** Moves rows, says where to, and keeps the focus on what was pressed: the browser drops it when a row is moved. */
function useMove(items: Todo[], mutateAsync: ChangeTodo["mutateAsync"]): Pick<RowActions, "move" | "drop"> {
  const shown = useRef(items);
  const pressed = useRef<Element>(null);

  useLayoutEffect(() => {
    shown.current = items;
    const nothing = document.activeElement === document.body;
    if (nothing && pressed.current instanceof HTMLElement) pressed.current.focus();
  }, [items]);

  return useMemo(() => {
    const make = (moved: Moved | undefined) => {
      if (!moved) return;
      const { wish, index } = moved;
      announce(`${quoted(wish.before.title)} is now ${index + 1} of ${shown.current.length}`);
      pressed.current = document.activeElement;
      void mutateAsync(wish)
        .catch(() => {})
        .finally(() => {
          pressed.current = null;
        });
    };
    return {
      move: (id, by) => make(moveBy(shown.current, id, by)),
      drop: (id, beside, edge) => make(moveBeside(shown.current, id, beside, edge)),
    };
  }, [mutateAsync]);
}

function focusNeighbour(row: HTMLElement): void {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  const target =
    next?.querySelector<HTMLElement>("[data-does=complete]") ??
    next?.querySelector<HTMLElement>("input") ??
    document.getElementById("new-todo");
  target?.focus();
}
