import type { Todo, TodoPage } from "@/lib/api/todos";
import { matchesSearch, matchesView, type TodoView } from "@/lib/todo-view";

/**
 * A change of one todo: `before` is null for a new one, `after` is null for a deleted one.
 * The same change is first shown as a wish on top of what the server said, and then, with the
 * server's own answer as `after`, written into it.
 */
export type Change = { before: Todo | null; after: Todo | null };

/** Applies a change to the pages of one view: the todo moves in or out of it, and the counts follow. */
export function applyChange(pages: TodoPage[], { before, after }: Change, view: TodoView): TodoPage[] {
  const [first] = pages;
  const id = after?.id ?? before?.id;
  if (!first || !id) return pages;

  const present = pages.some((page) => page.items.some((item) => item.id === id));
  const shown = after !== null && matchesView(after, view);
  const known = pages.flatMap((page) => page.items).find((item) => item.id === id) ?? before;
  const counts = moveCount(first.counts, known, after, view);

  return pages.map((page, index) => {
    let items = page.items;
    if (present) {
      items = items.flatMap((item) => (item.id !== id ? [item] : shown ? [after] : []));
    } else if (shown && before === null && index === 0) {
      // Only a new one has a known place, the top. Another that moves in waits for the next fetch.
      items = [after, ...items];
    }
    return { ...page, items, counts };
  });
}

/** Applies several changes in order. */
export function applyChanges(pages: TodoPage[], changes: Change[], view: TodoView): TodoPage[] {
  return changes.reduce((result, change) => applyChange(result, change, view), pages);
}

type Counts = TodoPage["counts"];

/** The counts cover all states, but only what the search finds. */
function moveCount(counts: Counts, before: Todo | null, after: Todo | null, { q }: TodoView): Counts {
  const add = (result: Counts, todo: Todo | null, by: 1 | -1): Counts => {
    if (!todo || !matchesSearch(todo, q)) return result;
    const state = todo.completed ? "completed" : "pending";
    return { ...result, total: result.total + by, [state]: result[state] + by };
  };
  return add(add(counts, before, -1), after, 1);
}
