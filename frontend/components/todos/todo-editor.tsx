"use client";

import { type FormEvent, type KeyboardEvent, useId, useState } from "react";
import { Button, buttonClass } from "@/components/ui/button";
import type { Todo, TodoChanges } from "@/lib/api/todos";
import { checkDescription, checkTitle } from "@/lib/todo-text";

type TodoEditorProps = {
  todo: Todo;
  onCancel: () => void;
  /** Takes what was changed, or nothing when all is as before. */
  onSave: (changes: TodoChanges | undefined) => void;
};

/** Edits a todo in its row. Enter saves, Escape cancels, Shift+Enter is a new line in the note. */
export function TodoEditor({ todo, onCancel, onSave }: TodoEditorProps) {
  const id = useId();
  const [title, setTitle] = useState(todo.title);
  const [description, setDescription] = useState(todo.description);
  const [problem, setProblem] = useState<{ field: "title" | "description"; text: string }>();

  function save(event?: FormEvent) {
    event?.preventDefault();
    const next = { title: title.trim(), description: description.trim() };
    const wrongTitle = checkTitle(next.title);
    const wrongDescription = checkDescription(next.description);
    if (wrongTitle) return setProblem({ field: "title", text: wrongTitle });
    if (wrongDescription) return setProblem({ field: "description", text: wrongDescription });
    const changes: TodoChanges = {
      ...(next.title !== todo.title && { title: next.title }),
      ...(next.description !== todo.description && { description: next.description }),
    };
    onSave(Object.keys(changes).length > 0 ? changes : undefined);
  }

  function onKeyDown(event: KeyboardEvent) {
    // An input method confirms its word with Enter and leaves with Escape; neither is meant for the form.
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      onCancel();
    } else if (event.key === "Enter" && !event.shiftKey && event.target instanceof HTMLTextAreaElement) {
      event.preventDefault();
      save();
    }
  }

  const describe = (field: "title" | "description") =>
    problem?.field === field ? { "aria-invalid": true, "aria-describedby": `${id}-problem` } : {};

  return (
    <form
      onSubmit={save}
      onKeyDown={onKeyDown}
      noValidate
      aria-label={`Edit ${todo.title}`}
      className="p-3 sm:p-4"
    >
      <div className="field-ring rounded-2xl border border-line-strong">
        <label htmlFor={`${id}-title`} className="sr-only">
          Title
        </label>
        <input
          id={`${id}-title`}
          type="text"
          value={title}
          // biome-ignore lint/a11y/noAutofocus: the user has just asked to edit exactly this
          autoFocus
          autoComplete="off"
          enterKeyHint="done"
          onChange={(event) => setTitle(event.target.value)}
          {...describe("title")}
          className="h-11 w-full bg-transparent px-4 pt-1 text-base font-medium"
        />
        <label htmlFor={`${id}-note`} className="sr-only">
          Note
        </label>
        <textarea
          id={`${id}-note`}
          value={description}
          placeholder="Add a note"
          onChange={(event) => setDescription(event.target.value)}
          {...describe("description")}
          className="field-sizing-content max-h-60 min-h-11 w-full resize-none bg-transparent px-4 pb-3 text-base leading-relaxed placeholder:text-muted sm:text-sm"
        />
      </div>
      {problem && (
        <p id={`${id}-problem`} role="alert" className="mt-2 pl-4 text-sm font-medium text-danger">
          {problem.text}
        </p>
      )}
      <div className="mt-3 flex items-center justify-end gap-2">
        <p className="mr-auto hidden pl-4 text-xs text-muted sm:block">Enter saves, Escape cancels</p>
        <Button look="quiet" onClick={onCancel}>
          Cancel
        </Button>
        <button type="submit" className={buttonClass()}>
          Save
        </button>
      </div>
    </form>
  );
}
