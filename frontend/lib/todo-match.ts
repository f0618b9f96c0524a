import type { Listing, Priority, Todo } from "@/lib/api/todos";
import { thisMinute } from "@/lib/clock";
import { compareCodePoints, foldText, titleKey } from "@/lib/text-order";
import { isOverdue } from "@/lib/todo-listing";
import type { Sort } from "@/lib/todo-view";

/** Which todos belong to a list and in which order, by the backend's rules. The first rendering needs none of it. */

/** Whether a todo belongs to a list, but for its status: what the counts count. */
export function matchesFilters(
  todo: Todo,
  { q = "", priority, tag, due_from, due_to, overdue }: Listing,
): boolean {
  if (priority && todo.priority !== priority) return false;
  if (tag && !todo.tags.includes(tag)) return false;
  if (due_from || due_to) {
    if (!todo.due) return false;
    if (due_from && todo.due.date < due_from) return false;
    if (due_to && todo.due.date > due_to) return false;
  }
  if (overdue && !isOverdue(todo, thisMinute())) return false;
  return matchesSearch(todo, q);
}

/** Whether a todo matches the search text, by the backend's rule: title or description contains it. */
export function matchesSearch(todo: Pick<Todo, "title" | "description">, q: string): boolean {
  const needle = foldText(q);
  return [todo.title, todo.description].some((text) => foldText(text).includes(needle));
}

/** Whether a todo belongs to a list. */
export function matchesListing(todo: Todo, listing: Listing): boolean {
  if (listing.status && todo.completed !== (listing.status === "completed")) return false;
  return matchesFilters(todo, listing);
}

const RANK: Record<Priority, number> = { high: 0, normal: 1, low: 2 };

/** The order of two todos in a list: negative when `a` comes first. Within what is equal, the manual order holds. */
export function compareTodos(a: Todo, b: Todo, sort: Sort = "manual"): number {
  return compareBy(a, b, sort) || compareManually(a, b);
}

function compareBy(a: Todo, b: Todo, sort: Sort): number {
  switch (sort) {
    case "manual":
      return 0;
    case "created":
      return compare(b.created_at, a.created_at);
    case "due":
      return compare(dueKey(a), dueKey(b));
    case "priority":
      return RANK[a.priority] - RANK[b.priority];
    case "title":
      return compareCodePoints(titleKey(a.title), titleKey(b.title));
  }
}

function compareManually(a: Todo, b: Todo): number {
  // Drafts have no position yet; they stand at the top, the newest first.
  return compare(a.position, b.position) || (a.position === "" ? compare(b.created_at, a.created_at) : 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sorts behind every instant when there is none. */
function dueKey({ due }: Todo): string {
  return due ? new Date(due.at).toISOString() : "~";
}
