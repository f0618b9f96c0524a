import type { Due, Priority, Repeat, Todo, TodoChanges } from "@/lib/api/todos";
import { checkDescription, checkTags, checkTitle, readTags } from "@/lib/todo-text";

/** A todo's fields as they stand in a form. A date, time or repeat that is not given is "". */
export type Draft = {
  title: string;
  description: string;
  priority: Priority;
  tags: string;
  date: string;
  time: string;
  zone: string;
  repeat: Repeat | "";
};

/** What is wrong with one of the fields. */
export type Problem = { field: "title" | "description" | "tags" | "date" | "time"; text: string };

/** The form for a todo. `zone` is where a new due date is meant. */
export function draftOf(todo: Todo, zone: string): Draft {
  return {
    title: todo.title,
    description: todo.description,
    priority: todo.priority,
    tags: todo.tags.join(", "),
    date: todo.due?.date ?? "",
    time: todo.due?.time ?? "",
    zone: todo.due?.zone ?? zone,
    repeat: todo.repeat ?? "",
  };
}

/** The first thing that is wrong with a form, or nothing. */
export function checkDraft({ title, description, tags }: Draft): Problem | undefined {
  const checks = [
    { field: "title", text: checkTitle(title.trim()) },
    { field: "description", text: checkDescription(description.trim()) },
    { field: "tags", text: checkTags(readTags(tags)) },
  ] as const;
  for (const { field, text } of checks) {
    if (text) return { field, text };
  }
}

/** What a form changes about its todo. */
export function changesOf(todo: Todo, draft: Draft): TodoChanges {
  const due: Due | null = draft.date
    ? { date: draft.date, time: draft.time || null, zone: draft.zone }
    : null;
  const next = {
    title: draft.title.trim(),
    description: draft.description.trim(),
    priority: draft.priority,
    tags: readTags(draft.tags),
    due,
    repeat: (due && draft.repeat) || null,
  };
  const before = {
    ...todo,
    due: todo.due && { date: todo.due.date, time: todo.due.time, zone: todo.due.zone },
  };
  const changed = (Object.keys(next) as (keyof typeof next)[]).filter(
    (field) => JSON.stringify(next[field]) !== JSON.stringify(before[field]),
  );
  return Object.fromEntries(changed.map((field) => [field, next[field]]));
}
