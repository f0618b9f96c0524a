import type { BulkAction, Line, Place, Todo, TodoChanges } from "@/lib/api/todos";
import type { Change } from "@/lib/optimistic";
import { quoted } from "@/lib/text";
import { roughInstant } from "./draft";

/** What the user wants done. It is shown at once and becomes true when the server agrees. */
export type Wish =
  /** `draft` is shown until the server has read the line. */
  | { kind: "create"; draft: Todo; line: Line }
  | { kind: "update"; before: Todo; changes: TodoChanges }
  /** `position` sorts the todo to its new place until the server has answered with the real one. */
  | { kind: "move"; before: Todo; place: Place; position: string }
  | { kind: "delete"; before: Todo }
  | { kind: "bulk"; before: Todo[]; action: BulkAction }
  /** Takes back what a change with this token did; `changes` are what it did, turned round. */
  | { kind: "undo"; token: string; changes: Change[]; what: string };

/** The changes that show a wish as if it were done. */
export function asChanges(wish: Wish): Change[] {
  switch (wish.kind) {
    case "create":
      return [{ before: null, after: wish.draft }];
    case "update":
      return [{ before: wish.before, after: changed(wish.before, wish.changes) }];
    case "move":
      return [{ before: wish.before, after: { ...wish.before, position: wish.position } }];
    case "delete":
      return [{ before: wish.before, after: null }];
    case "bulk":
      return wish.before.map((before) => ({ before, after: afterBulk(before, wish.action) }));
    case "undo":
      return wish.changes;
  }
}

function changed(todo: Todo, { due, ...changes }: TodoChanges): Todo {
  return { ...todo, ...changes, ...(due !== undefined && { due: due && { ...due, at: roughInstant(due) } }) };
}

function afterBulk(todo: Todo, action: BulkAction): Todo | null {
  if (action.action === "delete") return null;
  if (action.action === "tag") return { ...todo, tags: [...new Set([...todo.tags, action.tag])] };
  return { ...todo, completed: true };
}

/**
 * The changes that the server's answer made out of a wish: its todos in the place of those that were
 * guessed, and the ones that came into being on top, such as the next of a repeating one.
 */
export function settledChanges(wish: Wish, answer: Todo[]): Change[] {
  const answered = new Map(answer.map((todo) => [todo.id, todo]));
  const take = (id: string | undefined) => {
    const todo = id === undefined ? undefined : answered.get(id);
    if (id !== undefined) answered.delete(id);
    return todo;
  };
  const wished = asChanges(wish).map(({ before, after }): Change => {
    // A draft has no id that the server knows; its answer is the only one.
    const id = wish.kind === "create" ? answer[0]?.id : (after ?? before)?.id;
    return { before, after: after && (take(id) ?? after) };
  });
  return [...wished, ...[...answered.values()].map((after) => ({ before: null, after }))];
}

/** The todo or todos that a wish is about, for messages. */
export function subject(wish: Wish): string {
  switch (wish.kind) {
    case "create":
      return quoted(wish.draft.title);
    case "bulk":
      return many(wish.before);
    case "undo":
      return wish.what;
    default:
      return quoted(wish.before.title);
  }
}

/** Several todos in words, or the one by its title. */
export function many(todos: Todo[]): string {
  return todos.length === 1 ? quoted(todos[0]?.title ?? "") : `${todos.length} todos`;
}

/** What is said when a wish came true. */
export function success(wish: Wish): string {
  const what = subject(wish);
  switch (wish.kind) {
    case "create":
      return `Added ${what}`;
    case "delete":
      return `Deleted ${what}`;
    case "move":
      return `Moved ${what}`;
    case "undo":
      return `Put ${what} back`;
    case "bulk":
      if (wish.action.action === "tag") return `Tagged ${what} with #${wish.action.tag}`;
      return `${wish.action.action === "delete" ? "Deleted" : "Completed"} ${what}`;
    case "update":
      if (wish.changes.completed === undefined)
        return `Saved ${quoted(wish.changes.title ?? wish.before.title)}`;
      return wish.changes.completed ? `Completed ${what}` : `${what} is to do again`;
  }
}

/** What is said when it did not. */
export function failure(wish: Wish): string {
  const verb =
    wish.kind === "bulk"
      ? wish.action.action
      : { create: "add", update: "save", move: "move", delete: "delete", undo: "undo" }[wish.kind];
  return `Could not ${verb} ${subject(wish)}`;
}

/**
 * The version to send with a change. When what the user saw of the changed fields is what the server has
 * now, it is the newest known; otherwise the one that the user saw, and the server says that it is stale.
 */
export function baseVersion(before: Todo, fields: (keyof Todo)[], newest: Todo | undefined): number {
  if (!newest) return before.version;
  const same = (field: keyof Todo) => JSON.stringify(newest[field]) === JSON.stringify(before[field]);
  return fields.every(same) ? newest.version : before.version;
}
