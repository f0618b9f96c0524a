import type { TodoView } from "@/lib/todo-view";
import { type ApiClient, browserClient } from "./client";
import { unwrap } from "./problem";
import type { components } from "./schema";

export type Todo = components["schemas"]["TodoPublic"];
export type TodoPage = components["schemas"]["TodoPage"];
export type NewTodo = { title: string; description?: string };
export type TodoChanges = Partial<Pick<Todo, "title" | "description" | "completed">>;

/** The limits that the backend sets, in characters (Unicode code points). */
export const MAX_TITLE = 200;
export const MAX_DESCRIPTION = 1000;

const PAGE_SIZE = 50;

/** One page of a view, from the beginning or from a cursor. */
export function listTodos(
  { status, q }: TodoView,
  {
    cursor,
    signal,
    client = browserClient(),
  }: { cursor?: string | null; signal?: AbortSignal; client?: ApiClient },
): Promise<TodoPage> {
  const query = {
    limit: PAGE_SIZE,
    ...(status !== "all" && { status }),
    ...(q && { q }),
    ...(cursor && { cursor }),
  };
  return unwrap(client.GET("/api/todos", { params: { query }, signal }));
}

export function createTodo(todo: NewTodo): Promise<Todo> {
  return unwrap(browserClient().POST("/api/todos", { body: todo }));
}

/** Changes a todo. `version` is the one the change is based on; a stale one is refused with 409. */
export function updateTodo(id: string, version: number, changes: TodoChanges): Promise<Todo> {
  return unwrap(
    browserClient().PATCH("/api/todos/{todo_id}", {
      params: { path: { todo_id: id } },
      body: { ...changes, version },
    }),
  );
}

export async function deleteTodo(id: string): Promise<void> {
  await unwrap(browserClient().DELETE("/api/todos/{todo_id}", { params: { path: { todo_id: id } } }));
}
