import type { Listing, Todo, TodoPage } from "@/lib/api/todos";
import { compareTodos, matchesFilters, matchesListing } from "@/lib/todo-match";

/**
 * A change of one todo: `before` is null for a new one, `after` is null for a deleted one.
 * The same change is first shown as a wish on top of what the server said, and then, with the
 * server's own answer as `after`, written into it.
 */
export type Change = { before: Todo | null; after: Todo | null };

/** Applies a change to the pages of one list: the todo moves in, out or to its place, and the counts follow. */
export function applyChange(pages: TodoPage[], { before, after }: Change, listing: Listing): TodoPage[] {
  const [first] = pages;
  const id = after?.id ?? before?.id;
  if (!first || !id) return pages;

  const present = pages.flatMap((page) => page.items).find((item) => item.id === id);
  const counts = moveCount(first.counts, present ?? before, after, listing);
  const shown = after !== null && matchesListing(after, listing);

  if (present && shown && compareTodos(present, after, listing.sort) === 0) {
    const replace = (item: Todo) => (item.id === id ? after : item);
    return pages.map((page) => ({ ...page, items: page.items.map(replace), counts }));
  }
  const without = pages.map((page) => ({
    ...page,
    items: page.items.filter((item) => item.id !== id),
    counts,
  }));
  return shown ? insert(without, after, listing) : without;
}

/** Applies several changes in order. */
export function applyChanges(pages: TodoPage[], changes: Change[], listing: Listing): TodoPage[] {
  return changes.reduce((result, change) => applyChange(result, change, listing), pages);
}

/** Puts a todo where the list's order wants it, or nowhere when that is behind what was loaded so far. */
function insert(pages: TodoPage[], todo: Todo, { sort }: Listing): TodoPage[] {
  const last = pages.length - 1;
  for (const [index, page] of pages.entries()) {
    const place = page.items.findIndex((item) => compareTodos(todo, item, sort) < 0);
    const isEnd = index === last && page.next_cursor === null;
    if (place >= 0 || isEnd) {
      const items = page.items.toSpliced(place >= 0 ? place : page.items.length, 0, todo);
      return pages.with(index, { ...page, items });
    }
  }
  return pages;
}

type Counts = TodoPage["counts"];

/** The counts cover both states, but only what every other filter lets through. */
function moveCount(counts: Counts, before: Todo | null, after: Todo | null, listing: Listing): Counts {
  const add = (result: Counts, todo: Todo | null, by: 1 | -1): Counts => {
    if (!todo || !matchesFilters(todo, listing)) return result;
    const state = todo.completed ? "completed" : "pending";
    return { ...result, total: result.total + by, [state]: result[state] + by };
  };
  return add(add(counts, before, -1), after, 1);
}
