import type { Listing, Priority, Todo } from "@/lib/api/todos";
import { thisMinute } from "@/lib/clock";
import { compareCodePoints, titleKey } from "@/lib/text";
import { matchesSearch, type Sort, type TodoView } from "@/lib/todo-view";

/** A view in the API's words, with the days that "today" stands for. `today` is the visitor's, as YYYY-MM-DD. */
export function toListing({ status, q, priority, tag, due, sort }: TodoView, today: string): Listing {
  return {
    ...(status !== "all" && { status }),
    ...(q && { q }),
    ...(priority && { priority }),
    ...(tag && { tag }),
    ...(due === "overdue" && { overdue: true }),
    ...(due === "today" && { due_from: today, due_to: today }),
    ...(due === "week" && { due_from: today, due_to: addDays(today, 6) }),
    ...(sort !== "manual" && { sort }),
  };
}

/** A day so many days later, both as YYYY-MM-DD. */
export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

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

/** Whether a todo is late, by the one rule that the backend has too: it is not done and was due before this minute. */
export function isOverdue({ completed, due }: Pick<Todo, "completed" | "due">, minute: number): boolean {
  return !completed && due !== null && Date.parse(due.at) < minute;
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
