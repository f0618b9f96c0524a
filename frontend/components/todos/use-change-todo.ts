"use client";

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { announce } from "@/components/ui/live-region";
import { notify } from "@/components/ui/toast";
import { ApiError, explain } from "@/lib/api/problem";
import type { Todo } from "@/lib/api/todos";
import { retryAfterLogin } from "@/lib/session";
import { type Answer, sendWish } from "./send-wish";
import { writeChanges } from "./todo-cache";
import { TODOS_KEY } from "./todo-query";
import { failure, many, settledChanges, success, type Wish } from "./wish";

/** The key of every change of a todo. */
export const CHANGE_KEY = [...TODOS_KEY, "change"] as const;

/** Wishes whose result is in the cache already, although their mutation has not ended yet. */
const fulfilled = new WeakSet<Wish>();

/** Whether a wish must still be shown on top of what the cache holds. */
export function isOpen(wish: Wish): boolean {
  return !fulfilled.has(wish);
}

const rowKeys = new Map<string, string>();

/** A key that stays the same when a draft becomes a saved todo, so that its row is not built anew. */
export function rowKey(todo: Todo): string {
  return rowKeys.get(todo.id) ?? todo.id;
}

/** How todos are changed: `mutateAsync` rejects when the change failed, `mutate` leaves that to the toast. */
export type ChangeTodo = {
  mutate: (wish: Wish) => void;
  mutateAsync: (wish: Wish) => Promise<Answer>;
};

/** Creates, changes, moves and deletes todos, one or many, and takes that back. */
export function useChangeTodo(): ChangeTodo {
  const client = useQueryClient();
  return useMemo(
    () => ({
      mutate: (wish) => void changeTodo(client, wish).catch(() => {}),
      mutateAsync: (wish) => changeTodo(client, wish),
    }),
    [client],
  );
}

/**
 * A wish is visible at once (see useTodos); when it fails it disappears again and a toast says why.
 * Changes of the same todo are sent one after the other.
 */
function changeTodo(client: QueryClient, wish: Wish): Promise<Answer> {
  const scope = scopeOf(wish);
  const again = (next: Wish) => void changeTodo(client, next).catch(() => {});
  const mutation = client.getMutationCache().build<Answer, unknown, Wish, void>(client, {
    mutationKey: CHANGE_KEY,
    networkMode: "always",
    ...(scope && { scope: { id: scope } }),
    mutationFn: (wanted) => sendWish(client, wanted),
    // An answer that was on its way from before this change would undo it on the screen.
    onMutate: () => client.cancelQueries({ queryKey: TODOS_KEY }),
    onSuccess: (answer) => {
      const draft = wish.kind === "create" && answer.todos[0];
      if (draft) rowKeys.set(draft.id, wish.draft.id);
      fulfilled.add(wish);
      writeChanges(client, settledChanges(wish, answer.todos));
      reportSuccess(wish, answer, again);
      const refetchType = changesOthers(wish) ? "active" : "none";
      void client.invalidateQueries({ queryKey: TODOS_KEY, refetchType });
    },
    onError: (error) => {
      reportFailure(client, error, wish, again);
      void client.invalidateQueries({ queryKey: TODOS_KEY });
    },
  });
  return mutation.execute(wish);
}

/** What changes of the same todo wait for each other by; nothing for new ones and for many at once. */
function scopeOf(wish: Wish): string | undefined {
  if ("gone" in wish) return wish.gone.id;
  return "before" in wish && !Array.isArray(wish.before) ? wish.before.id : undefined;
}

/** Completing a repeating todo makes its next one, and completing it back may take that away again. */
function changesOthers(wish: Wish): boolean {
  if (wish.kind === "update") return wish.changes.completed === false || wish.before.repeat !== null;
  return wish.kind === "undo";
}

/** Says what was done; what took something off the list can be undone. */
function reportSuccess(wish: Wish, { todos, undo }: Answer, again: (wish: Wish) => void): void {
  const back = reverse(wish, todos, undo);
  // Where it moved to was said when the key was pressed.
  if (wish.kind === "move") return;
  if (back) notify({ title: success(wish), action: { label: "Undo", onClick: () => again(back) } });
  else announce(success(wish));
}

/** The wish that takes another one back, if it is one that is easily made by mistake. */
function reverse(wish: Wish, answer: Todo[], token: string | null | undefined): Wish | undefined {
  const [after] = answer;
  if (wish.kind === "delete") return { kind: "restore", gone: wish.before };
  if (wish.kind === "update" && wish.changes.completed && after) {
    return { kind: "update", before: after, changes: { completed: false } };
  }
  if (wish.kind === "bulk" && token) {
    const changes = settledChanges(wish, answer).map((change) => ({
      before: change.after,
      after: change.before,
    }));
    return { kind: "undo", token, changes, what: many(wish.before) };
  }
}

/** Says what failed and offers what can be done; what the server told about the todo becomes visible. */
function reportFailure(client: QueryClient, error: unknown, wish: Wish, again: (wish: Wish) => void): void {
  const problem = error instanceof ApiError ? error : undefined;
  const current = problem?.status === 409 ? problem.problem.current : undefined;
  const before = "before" in wish && !Array.isArray(wish.before) ? wish.before : undefined;

  if (problem?.is("session-ended")) {
    // The page says it once, for all requests. A new one's text goes back to its field.
    if (wish.kind !== "create") retryAfterLogin(() => again(wish));
  } else if (before && current && (wish.kind === "update" || wish.kind === "move")) {
    writeChanges(client, [{ before, after: current }]);
    notify({
      tone: "warning",
      title: `“${current.title}” was changed elsewhere`,
      description: "You see it as it is now. Your change was not saved.",
      action: { label: "Apply mine", onClick: () => again({ ...wish, before: current }) },
    });
  } else if (before && problem?.status === 404) {
    writeChanges(client, [{ before, after: null }]);
    notify({ tone: "warning", title: `“${before.title}” was deleted elsewhere` });
  } else if (wish.kind !== "create" || problem?.status !== 422) {
    // What is wrong with a new one is said at its field. Its text goes back there, where Enter sends it again.
    const retryable =
      wish.kind !== "create" && (!problem?.status || problem.status >= 500 || problem.status === 429);
    notify({
      tone: "error",
      title: failure(wish),
      description: explain(error),
      action: retryable ? { label: "Try again", onClick: () => again(wish) } : undefined,
    });
  }
}
