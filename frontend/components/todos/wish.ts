import type { Todo, TodoChanges } from "@/lib/api/todos";
import type { Change } from "@/lib/optimistic";

/** What the user wants done to one todo. It is shown at once and becomes true when the server agrees. */
export type Wish =
  | { kind: "create"; draft: Todo }
  | { kind: "update"; before: Todo; changes: TodoChanges }
  | { kind: "delete"; before: Todo };

/** The todo that a wish is about, as it was when it was wished. */
export function subject(wish: Wish): Todo {
  return wish.kind === "create" ? wish.draft : wish.before;
}

/** The change that shows a wish as if it were done. */
export function asChange(wish: Wish): Change {
  switch (wish.kind) {
    case "create":
      return { before: null, after: wish.draft };
    case "update":
      return { before: wish.before, after: { ...wish.before, ...wish.changes } };
    case "delete":
      return { before: wish.before, after: null };
  }
}

/** What is said when a wish came true. */
export function success(wish: Wish): string {
  const title = `“${subject(wish).title}”`;
  if (wish.kind === "create") return `Added ${title}`;
  if (wish.kind === "delete") return `Deleted ${title}`;
  if (wish.changes.completed === undefined) return `Saved “${wish.changes.title ?? wish.before.title}”`;
  return wish.changes.completed ? `Completed ${title}` : `${title} is to do again`;
}

/** What is said when it did not. */
export function failure(wish: Wish): string {
  const verb = { create: "add", update: "save", delete: "delete" }[wish.kind];
  return `Could not ${verb} “${subject(wish).title}”`;
}

/** The version of a todo that no server has seen yet. */
const DRAFT_VERSION = 0;

let drafts = 0;

/** A todo to show until the server has answered with the real one. `now` is a timestamp in ISO 8601. */
export function draftTodo(title: string, now: string): Todo {
  drafts += 1;
  return {
    id: `draft-${drafts}`,
    title,
    description: "",
    completed: false,
    priority: "normal",
    tags: [],
    due: null,
    repeat: null,
    position: "",
    version: DRAFT_VERSION,
    created_at: now,
    updated_at: now,
    completed_at: null,
  };
}

/** Whether the server knows a todo, so that it can be changed. */
export function isSaved(todo: Todo): boolean {
  return todo.version !== DRAFT_VERSION;
}

/**
 * The version to send with a change. When what the user saw of the changed fields is what the server has
 * now, it is the newest known; otherwise the one that the user saw, and the server says that it is stale.
 */
export function baseVersion(before: Todo, changes: TodoChanges, newest: Todo | undefined): number {
  if (!newest) return before.version;
  const fields = Object.keys(changes) as (keyof TodoChanges)[];
  return fields.every((field) => newest[field] === before[field]) ? newest.version : before.version;
}
