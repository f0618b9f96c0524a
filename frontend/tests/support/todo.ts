import type { Todo } from "@/lib/api/todos";

/** A saved todo with nothing special about it but what is given. */
export function aTodo(fields: Partial<Todo> = {}): Todo {
  return {
    id: "id",
    title: "Milk",
    description: "",
    completed: false,
    priority: "normal",
    tags: [],
    due: null,
    repeat: null,
    position: "a0",
    version: 1,
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
    completed_at: null,
    ...fields,
  };
}

/** A due date as the server gives it, in UTC. */
export function dueOn(date: string, time: string | null = null): NonNullable<Todo["due"]> {
  return { date, time, zone: "UTC", at: time ? `${date}T${time}:00Z` : `${date}T23:59:59Z` };
}
