import type { Listing, Todo } from "@/lib/api/todos";
import type { TodoView } from "@/lib/todo-view";

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

/** Whether a todo is late, by the one rule that the backend has too: it is not done and was due before this minute. */
export function isOverdue({ completed, due }: Pick<Todo, "completed" | "due">, minute: number): boolean {
  return !completed && due !== null && Date.parse(due.at) < minute;
}
