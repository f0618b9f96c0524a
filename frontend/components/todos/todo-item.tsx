"use client";

import clsx from "clsx";
import { Trash2 } from "lucide-react";
import { type MouseEvent, memo, useCallback, useLayoutEffect, useRef } from "react";
import { IconButton } from "@/components/ui/button";
import { later } from "@/components/ui/later";
import type { Todo } from "@/lib/api/todos";
import { isolated } from "@/lib/text";
import { isSaved } from "./draft";
import type { RowActions } from "./row-actions";
import { RowGrip } from "./row-grip";
import { TodoCheckbox } from "./todo-checkbox";
import { hasMeta, TodoMeta } from "./todo-meta";
import type { ChangeTodo } from "./use-change-todo";
import type { RowPlace } from "./virtual-rows";

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
  /** Whether there are scripts yet. The server sends what can be read: buttons are most of a row's HTML. */
  live: boolean;
  mutate: ChangeTodo["mutate"];
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
  live,
  mutate,
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
  const disabled = !live || !isSaved(todo);
  const Editor = editing ? editor.get()?.TodoEditor : undefined;
  const title = <span className={todo.completed ? "strike struck" : "strike"}>{todo.title}</span>;

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
      {...(live && {
        "data-todo-id": todo.id,
        "data-index": index,
        "aria-posinset": index + 1,
        "aria-setsize": total,
      })}
      style={gap > 0 ? { marginTop: gap } : undefined}
      className={clsx("group row", !measure && "row-enter", selected && "row-selected")}
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
        <div className={movable ? "row-body row-movable" : "row-body"}>
          {movable && live && (
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
          <div className="row-text">
            {live ? (
              <button
                ref={text}
                type="button"
                data-does="edit"
                disabled={disabled}
                onClick={press}
                aria-label={`${selected === null ? "Edit" : "Select"} ${isolated(todo.title)}`}
                dir="auto"
                className="row-title"
              >
                {title}
              </button>
            ) : (
              <p dir="auto" className="row-title">
                {title}
              </p>
            )}
            {todo.description && (
              // biome-ignore lint/a11y: more room for the mouse; the button above does the same for everybody
              <p onClick={() => text.current?.click()} dir="auto" className="row-note">
                {todo.description}
              </p>
            )}
            {hasMeta(todo) && <TodoMeta todo={todo} />}
          </div>
          {live && (
            <IconButton
              label={`Delete ${isolated(todo.title)}`}
              data-does="delete"
              disabled={disabled}
              onClick={() => mutate({ kind: "delete", before: todo })}
              className="-mr-12 hover:bg-danger-soft hover:text-danger focus-visible:opacity-100 pointer-fine:opacity-0 pointer-fine:group-focus-within:opacity-100 pointer-fine:group-hover:opacity-100"
            >
              <Trash2 aria-hidden="true" className="size-4.5" strokeWidth={1.75} />
            </IconButton>
          )}
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
