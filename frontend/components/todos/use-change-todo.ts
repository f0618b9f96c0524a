"use client";

import { type InfiniteData, type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { announce } from "@/components/ui/live-region";
import { notify } from "@/components/ui/toast";
import { ApiError, explain } from "@/lib/api/problem";
import { createTodo, deleteTodo, type Todo, type TodoPage, updateTodo } from "@/lib/api/todos";
import { applyChange, type Change } from "@/lib/optimistic";
import { retryAfterLogin } from "@/lib/session";
import type { TodoView } from "@/lib/todo-view";
import { TODOS_KEY } from "./todo-query";
import { asChange, baseVersion, failure, subject, success, type Wish } from "./wish";

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

/**
 * Creates, updates and deletes todos. A wish is visible at once (see useTodos); when it fails it
 * disappears again and a toast says why. Changes of the same todo are sent one after the other.
 * @param id the todo whose changes wait for each other; none for new ones.
 */
export function useChangeTodo(id?: string) {
  const client = useQueryClient();
  const mutation = useMutation<Todo | null, unknown, Wish>({
    mutationKey: CHANGE_KEY,
    scope: id ? { id } : undefined,
    mutationFn: (wish) => send(client, wish),
    // An answer that was on its way from before this change would undo it on the screen.
    onMutate: () => client.cancelQueries({ queryKey: TODOS_KEY }),
    onSuccess: (after, wish) => {
      if (wish.kind === "create" && after) rowKeys.set(after.id, wish.draft.id);
      fulfilled.add(wish);
      writeChange(client, { ...asChange(wish), after });
      announce(success(wish));
      void client.invalidateQueries({ queryKey: TODOS_KEY, refetchType: "none" });
    },
    onError: (error, wish) => {
      reportFailure(client, error, wish, (again) => mutation.mutate(again));
      void client.invalidateQueries({ queryKey: TODOS_KEY });
    },
  });
  return mutation;
}

/** Sends a wish. Deleting what is gone already is what was wished. */
async function send(client: QueryClient, wish: Wish): Promise<Todo | null> {
  switch (wish.kind) {
    case "create":
      return createTodo({ title: wish.draft.title });
    case "update": {
      const { before, changes } = wish;
      return updateTodo(before.id, baseVersion(before, changes, cachedTodo(client, before.id)), changes);
    }
    case "delete":
      await deleteTodo(wish.before.id).catch((error) => {
        if (!(error instanceof ApiError && error.status === 404)) throw error;
      });
      return null;
  }
}

/** Says what failed and offers what can be done; what the server told about the todo becomes visible. */
function reportFailure(client: QueryClient, error: unknown, wish: Wish, again: (wish: Wish) => void): void {
  const before = subject(wish);
  const problem = error instanceof ApiError ? error : undefined;
  const current = problem?.status === 409 ? problem.problem.current : undefined;

  if (problem?.is("session-ended")) {
    // The page says it once, for all requests. A new one's text goes back to its field.
    if (wish.kind !== "create") retryAfterLogin(() => again(wish));
  } else if (current && wish.kind === "update") {
    writeChange(client, { before, after: current });
    notify({
      tone: "warning",
      title: `“${current.title}” was changed elsewhere`,
      description: "You see it as it is now. Your change was not saved.",
      action: { label: "Apply mine", onClick: () => again({ ...wish, before: current }) },
    });
  } else if (problem?.status === 404) {
    writeChange(client, { before, after: null });
    notify({ tone: "warning", title: `“${before.title}” was deleted elsewhere` });
  } else {
    // The text of a new one goes back to its field, where Enter sends it again.
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

type CachedTodos = InfiniteData<TodoPage, string | null>;

/** Writes what the server said into every cached list. */
function writeChange(client: QueryClient, change: Change): void {
  for (const [key] of client.getQueriesData<CachedTodos>({ queryKey: TODOS_KEY })) {
    const view = key[1] as TodoView;
    client.setQueryData<CachedTodos>(
      key,
      (data) => data && { ...data, pages: applyChange(data.pages, change, view) },
    );
  }
}

/** The newest that any cached list knows of a todo. */
function cachedTodo(client: QueryClient, id: string): Todo | undefined {
  return client
    .getQueriesData<CachedTodos>({ queryKey: TODOS_KEY })
    .flatMap(([, data]) => data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter((todo) => todo.id === id)
    .sort((a, b) => b.version - a.version)[0];
}
