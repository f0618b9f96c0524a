import type { QueryClient } from "@tanstack/react-query";
import { announce } from "@/components/ui/live-region";
import { notify } from "@/components/ui/toast";
import { notifyUndoable } from "@/components/ui/undo-toast";
import { ApiError, explain } from "@/lib/api/problem";
import type { Listing, TodoPage } from "@/lib/api/todos";
import { applyChanges } from "@/lib/optimistic";
import { retryAfterLogin } from "@/lib/session";
import { quoted } from "@/lib/text";
import { compareTodos, matchesListing } from "@/lib/todo-match";
import { keepRowKey } from "./draft";
import { type Answer, sendWish } from "./send-wish";
import { writeChanges } from "./todo-cache";
import { CHANGE_KEY, TODOS_KEY } from "./todo-query";
import { asChanges, failure, settledChanges, subject, success, type Wish } from "./wish";

export { matchesListing };

/** Wishes whose result is in the cache already, although their mutation has not ended yet. */
const fulfilled = new WeakSet<Wish>();

/** A list as if what is wished for on top of what the cache holds were done. */
export function withWishes(pages: TodoPage[], wishes: Wish[], listing: Listing): TodoPage[] {
  const open = wishes.filter((wish) => !fulfilled.has(wish));
  return applyChanges(pages, open.flatMap(asChanges), listing);
}

/** What another list's pages tell about this one. */
export function guess(pages: TodoPage[], listing: Listing): TodoPage {
  const items = pages
    .flatMap((page) => page.items)
    .filter((todo) => matchesListing(todo, listing))
    .sort((a, b) => compareTodos(a, b, listing.sort));
  return { items, next_cursor: null, counts: { total: 0, pending: 0, completed: 0, ...pages[0]?.counts } };
}

/**
 * A wish is visible at once (see useTodos); when it fails it disappears again and a toast says why.
 * Changes of the same todo are sent one after the other.
 */
export function changeTodo(client: QueryClient, wish: Wish): Promise<Answer> {
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
      if (draft) keepRowKey(draft.id, wish.draft.id);
      fulfilled.add(wish);
      writeChanges(client, settledChanges(wish, answer.todos));
      reportSuccess(wish, answer, again);
      const refetchType = changesOthers(wish, answer) ? "active" : "none";
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
  return "before" in wish && !Array.isArray(wish.before) ? wish.before.id : undefined;
}

/**
 * Completing a repeating todo makes its next one, and completing it back may take that away again. A move may make the
 * server shorten the keys of all todos: only a key that begins with that of the one above tells that it did not.
 */
function changesOthers(wish: Wish, { todos: [after] }: Answer): boolean {
  if (wish.kind === "update") return wish.changes.completed === false || wish.before.repeat !== null;
  if (wish.kind === "move") {
    const above = wish.position.replace(/!$/, "");
    return !above || !after?.position.startsWith(above) || after.position === above;
  }
  return wish.kind === "undo";
}

/** Says what was done, and how it is undone: by the toast's button, or by the key for the latest change. */
function reportSuccess(wish: Wish, answer: Answer, again: (wish: Wish) => void): void {
  const back = reverse(wish, answer);
  if (back) {
    notifyUndoable(success(wish), back.token, () => again(back));
  } else if (wish.kind === "undo") notify({ title: success(wish) });
  else announce(success(wish));
}

type Undoing = Extract<Wish, { kind: "undo" }>;

/** The wish that takes another one back; none when it changed nothing. */
function reverse(wish: Wish, { todos, undo }: Answer): Undoing | undefined {
  if (!undo) return undefined;
  const changes = settledChanges(wish, todos).map((change) => ({
    before: change.after,
    after: change.before,
  }));
  return { kind: "undo", token: undo, changes, what: subject(wish) };
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
      title: `${quoted(current.title)} was changed elsewhere`,
      description: "You see it as it is now. Your change was not saved.",
      action: { label: "Apply mine", onClick: () => again({ ...wish, before: current }) },
    });
  } else if (before && problem?.status === 404) {
    writeChanges(client, [{ before, after: null }]);
    notify({ tone: "warning", title: `${quoted(before.title)} was deleted elsewhere` });
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
