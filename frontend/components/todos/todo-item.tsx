"use client";

import clsx from "clsx";
import { Trash2 } from "lucide-react";
import { useLayoutEffect, useRef, useState } from "react";
import { useHydrated } from "@/components/ui/use-hydrated";
import type { Todo } from "@/lib/api/todos";
import { TodoCheckbox } from "./todo-checkbox";
import { TodoEditor } from "./todo-editor";
import { useChangeTodo } from "./use-change-todo";
import { isSaved } from "./wish";

type TodoItemProps = {
  todo: Todo;
  /** Called with the row before it goes away while it has the focus. */
  onLeave: (row: HTMLElement) => void;
};

/** One todo: tick it, click its text to edit it, delete it. */
export function TodoItem({ todo, onLeave }: TodoItemProps) {
  const row = useRef<HTMLLIElement>(null);
  const text = useRef<HTMLButtonElement>(null);
  const [editing, setEditing] = useState(false);
  const { mutate } = useChangeTodo(todo.id);
  const disabled = !useHydrated() || !isSaved(todo);

  // The row may go because of a filter, a deletion here, or one elsewhere; the focus must not fall to the page.
  useLayoutEffect(() => {
    const element = row.current;
    return () => {
      if (element?.contains(document.activeElement)) onLeave(element);
    };
  }, [onLeave]);

  function close() {
    setEditing(false);
    requestAnimationFrame(() => text.current?.focus());
  }

  return (
    <li ref={row} className="row-enter group">
      {editing ? (
        <TodoEditor
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
          <button
            ref={text}
            type="button"
            disabled={disabled}
            onClick={() => setEditing(true)}
            aria-label={`Edit ${todo.title}`}
            className="min-h-11 min-w-0 flex-1 cursor-text rounded-lg py-2.5 text-left leading-6 wrap-anywhere select-text"
          >
            <span data-struck={todo.completed} className={clsx("strike", todo.completed && "text-muted")}>
              {todo.title}
            </span>
            {todo.description && (
              <span className="mt-0.5 block text-sm leading-relaxed whitespace-pre-line text-muted">
                {todo.description}
              </span>
            )}
          </button>
          <button
            type="button"
            disabled={disabled}
            onClick={() => mutate({ kind: "delete", before: todo })}
            aria-label={`Delete ${todo.title}`}
            className="grid size-11 shrink-0 place-items-center rounded-full text-muted transition hover:bg-danger-soft hover:text-danger focus-visible:opacity-100 pointer-fine:opacity-0 pointer-fine:group-focus-within:opacity-100 pointer-fine:group-hover:opacity-100"
          >
            <Trash2 aria-hidden="true" className="size-4.5" strokeWidth={1.75} />
          </button>
        </div>
      )}
    </li>
  );
}
