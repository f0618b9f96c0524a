"use client";

import clsx from "clsx";
import { Trash2 } from "lucide-react";
import { memo, useCallback, useLayoutEffect, useRef } from "react";
import { IconButton } from "@/components/ui/button";
import { later } from "@/components/ui/later";
import { useHydrated } from "@/components/ui/use-hydrated";
import type { Todo } from "@/lib/api/todos";
import { TodoCheckbox } from "./todo-checkbox";
import { hasMeta, TodoMeta } from "./todo-meta";
import { useChangeTodo } from "./use-change-todo";
import type { RowPlace } from "./virtual-rows";
import { isSaved } from "./wish";

/** What a row asks of the list that it stands in. */
export type RowActions = {
  setEditing: (id: string, editing: boolean) => void;
  /** Called with the row before it goes away while it has the focus. */
  leave: (row: HTMLElement) => void;
};

type TodoItemProps = Partial<RowPlace> & {
  todo: Todo;
  index: number;
  /** How many rows the whole list has. */
  total: number;
  editing: boolean;
  actions: RowActions;
};

/** The editor of a row; the page loads it ahead, after its first rendering. */
export const editor = later(() => import("./todo-editor"));

/** One todo: tick it, click its text to edit it, delete it. */
export const TodoItem = memo(function TodoItem({
  todo,
  index,
  total,
  editing,
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

  return (
    <li
      ref={takeRow}
      data-todo-id={todo.id}
      data-index={index}
      aria-posinset={index + 1}
      aria-setsize={total}
      style={gap > 0 ? { marginTop: gap } : undefined}
      className={clsx("group", index > 0 && "border-t border-line", measure ? "" : "row-enter")}
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
        <div className="flex items-start gap-1 px-2 py-1.5 transition-colors group-hover:bg-surface-hover sm:px-3">
          <TodoCheckbox
            label={todo.title}
            checked={todo.completed}
            disabled={disabled}
            onChange={(completed) => mutate({ kind: "update", before: todo, changes: { completed } })}
          />
          <div className="min-w-0 flex-1">
            <button
              ref={text}
              type="button"
              data-does="edit"
              disabled={disabled}
              onClick={() => editor.load(() => actions.setEditing(todo.id, true))}
              aria-label={`Edit ${todo.title}`}
              className={clsx(
                "min-h-11 w-full cursor-text rounded-lg pt-2.5 text-left leading-6 wrap-anywhere select-text",
                hasMeta(todo) ? "pb-1" : "pb-2.5",
              )}
            >
              <span data-struck={todo.completed} className={clsx("strike", todo.completed && "text-muted")}>
                {todo.title}
              </span>
              {todo.description && (
                <span className="mt-0.5 line-clamp-3 text-sm leading-relaxed whitespace-pre-line text-muted">
                  {todo.description}
                </span>
              )}
            </button>
            {hasMeta(todo) && <TodoMeta todo={todo} />}
          </div>
          <IconButton
            label={`Delete ${todo.title}`}
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
