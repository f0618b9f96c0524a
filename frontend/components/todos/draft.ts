import type { Todo, TodoChanges } from "@/lib/api/todos";

/** The version of a todo that no server has seen yet. */
const DRAFT_VERSION = 0;

let drafts = 0;

type DraftFields = Pick<Todo, "title"> &
  Partial<Pick<Todo, "description" | "priority" | "tags" | "repeat">> & { due?: TodoChanges["due"] };

/** A todo to show until the server has answered with the real one. `now` is a timestamp in ISO 8601. */
export function draftTodo({ due = null, ...fields }: DraftFields, now: string): Todo {
  drafts += 1;
  return {
    id: `draft-${drafts}`,
    description: "",
    completed: false,
    priority: "normal",
    tags: [],
    repeat: null,
    position: "",
    version: DRAFT_VERSION,
    created_at: now,
    updated_at: now,
    completed_at: null,
    ...fields,
    due: due && { ...due, at: roughInstant(due) },
  };
}

/** Whether the server knows a todo, so that it can be changed. */
export function isSaved(todo: Todo): boolean {
  return todo.version !== DRAFT_VERSION;
}

/** Where a due date sorts until the server says the instant: as if its zone were UTC. */
export function roughInstant({ date, time }: { date: string; time: string | null }): string {
  return `${date}T${time ?? "23:59"}:00Z`;
}

const rowKeys = new Map<string, string>();

/** A key that stays the same when a draft becomes a saved todo, so that its row is not built anew. */
export function rowKey(todo: Todo): string {
  return rowKeys.get(todo.id) ?? todo.id;
}

/** Keeps the key that the row of a draft has, now that it has become a todo. */
export function keepRowKey(id: string, draft: string): void {
  rowKeys.set(id, draft);
}
