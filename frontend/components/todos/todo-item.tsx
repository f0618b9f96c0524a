"use client";

import clsx from "clsx";
import { Trash2 } from "lucide-react";
import { type MouseEvent, memo, useCallback, useLayoutEffect, useRef } from "react";
import { IconButton } from "@/components/ui/button";
import { later } from "@/components/ui/later";
import { useHydrated } from "@/components/ui/use-hydrated";
import type { Todo } from "@/lib/api/todos";
import { isolated } from "@/lib/text";
import type { RowActions } from "./row-actions";
import { RowGrip } from "./row-grip";
import { TodoCheckbox } from "./todo-checkbox";
import { hasMeta, TodoMeta } from "./todo-meta";
import { useChangeTodo } from "./use-change-todo";
import type { RowPlace } from "./virtual-rows";
import { isSaved } from "./wish";

type TodoItemProps = Partial<RowPlace> & {
  todo: Todo;
  index: number;
  /** How many rows the whole list has. */
  total: number;
  editing: boolean;
  /** Whether it is selected, while rows are being selected. */
  selected: boolean | null;
  movable: boolean;
  dragReady: boolean;
  actions: RowActions;
};

/** The editor of a row; the page loads it ahead, after its first rendering. */
export const editor = later(() => import("./todo-editor"));

/** One todo: tick it, click its text to edit it, select it, move it, delete it. */
export const TodoItem = memo(function TodoItem({
  todo,
  index,
  total,
  editing,
  selected,
  movable,
  dragReady,
  actions,
  gap = 0,
  measure,
}: TodoItemProps) {
  const row = useRef<HTMLLIElement>(null);
  const text = useRef<HTMLButtonElement>(null);
  const takeRow = useCallback(
    (element: HTMLLIElement | null) => {
      row.current = element;
      measure?.(element);
    },
    [measure],
  );
  const { mutate } = useChangeTodo();
  const disabled = !useHydrated() || !isSaved(todo);
  const Editor = editing ? editor.get()?.TodoEditor : undefined;
  const withMeta = hasMeta(todo);

  // The row may go because of a filter, a deletion here, or one elsewhere; the focus must not fall to the page.
  useLayoutEffect(() => {
    const element = row.current;
    return () => {
      if (element?.contains(document.activeElement)) actions.leave(element);
    };
  }, [actions]);

  function close() {
    actions.setEditing(todo.id, false);
    requestAnimationFrame(() => text.current?.focus());
  }

  function press(event: MouseEvent) {
    if (selected !== null || event.shiftKey || event.ctrlKey || event.metaKey) {
      actions.select(todo.id, event.shiftKey);
    } else {
      editor.load(() => actions.setEditing(todo.id, true));
    }
  }

  return (
    <li
      ref={takeRow}
      data-todo-id={todo.id}
      data-index={index}
      aria-posinset={index + 1}
      aria-setsize={total}
      style={gap > 0 ? { marginTop: gap } : undefined}
      className={clsx(
        "group data-dragging:opacity-40 data-[drop=after]:shadow-[inset_0_-2px_0_var(--accent)] data-[drop=before]:shadow-[inset_0_2px_0_var(--accent)]",
        index > 0 && "border-t border-line",
        !measure && "row-enter",
        selected && "bg-accent-soft",
      )}
    >
      {Editor ? (
        <Editor
          todo={todo}
          onCancel={close}
          onSave={(changes) => {
            close();
            if (changes) mutate({ kind: "update", before: todo, changes });
          }}
        />
      ) : (
        <div
          className={clsx(
            "flex items-start gap-1 py-1.5 pr-2 transition-colors sm:pr-3",
            movable ? "pl-0.5 sm:pl-1" : "pl-2 sm:pl-3",
            !selected && "group-hover:bg-surface-hover",
          )}
        >
          {movable && (
            <RowGrip todo={todo} row={row} disabled={disabled} dragReady={dragReady} actions={actions} />
          )}
          {selected === null ? (
            <TodoCheckbox
              label={todo.title}
              checked={todo.completed}
              disabled={disabled}
              onChange={(completed) => mutate({ kind: "update", before: todo, changes: { completed } })}
            />
          ) : (
            <SelectBox
              label={`Select ${isolated(todo.title)}`}
              checked={selected}
              disabled={disabled}
              onSelect={(range) => actions.select(todo.id, range)}
            />
          )}
          <div className="min-w-0 flex-1">
            <button
              ref={text}
              type="button"
              data-does="edit"
              disabled={disabled}
              onClick={press}
              aria-label={`${selected === null ? "Edit" : "Select"} ${isolated(todo.title)}`}
              dir="auto"
              className={clsx(
                "w-full rounded-lg pt-2.5 text-start leading-6 wrap-anywhere",
                selected === null ? "cursor-text select-text" : "cursor-pointer select-none",
                todo.description ? "pb-0.5" : withMeta ? "pb-1" : "min-h-11 pb-2.5",
              )}
            >
              <span data-struck={todo.completed} className={clsx("strike", todo.completed && "text-muted")}>
                {todo.title}
              </span>
            </button>
            {todo.description && (
              // biome-ignore lint/a11y: more room for the mouse; the button above does the same for everybody
              <p
                onClick={() => text.current?.click()}
                dir="auto"
                className={clsx(
                  "line-clamp-3 text-sm leading-relaxed wrap-anywhere whitespace-pre-line text-muted",
                  selected === null ? "cursor-text" : "cursor-pointer",
                  withMeta ? "pb-1" : "pb-2.5",
                )}
              >
                {todo.description}
              </p>
            )}
            {withMeta && <TodoMeta todo={todo} />}
          </div>
          <IconButton
            label={`Delete ${isolated(todo.title)}`}
            data-does="delete"
            disabled={disabled}
            onClick={() => mutate({ kind: "delete", before: todo })}
            className="hover:bg-danger-soft hover:text-danger focus-visible:opacity-100 pointer-fine:opacity-0 pointer-fine:group-focus-within:opacity-100 pointer-fine:group-hover:opacity-100"
          >
            <Trash2 aria-hidden="true" className="size-4.5" strokeWidth={1.75} />
          </IconButton>
        </div>
      )}
    </li>
  );
});

type SelectBoxProps = {
  label: string;
  checked: boolean;
  disabled: boolean;
  onSelect: (range: boolean) => void;
};

/** The platform's own checkbox, so that it is not taken for the one that completes. */
function SelectBox({ label, checked, disabled, onSelect }: SelectBoxProps) {
  return (
    <span className="grid size-11 shrink-0 place-items-center">
      <input
        type="checkbox"
        aria-label={label}
        checked={checked}
        disabled={disabled}
        onChange={(event) => onSelect((event.nativeEvent as PointerEvent).shiftKey)}
        className="size-5 accent-accent"
      />
    </span>
  );
}
