import type { QueryClient } from "@tanstack/react-query";
import { loadTodosApi } from "@/lib/api/load";
import { ApiError } from "@/lib/api/problem";
import type { Place, Todo, TodoChanges } from "@/lib/api/todos";
import { cachedTodo } from "./todo-cache";
import { baseVersion, type Wish } from "./wish";

/** The todos that a wish made or changed, and the token that undoes it where one is needed. */
export type Answer = { todos: Todo[]; undo?: string | null };

/**
 * Sends a wish to the server.
 * @throws ApiError when it was refused or no answer came; a stale one with the current todo.
 */
export async function sendWish(client: QueryClient, wish: Wish): Promise<Answer> {
  const api = await loadTodosApi();
  switch (wish.kind) {
    case "create":
      return { todos: [await api.createTodo(wish.line)] };
    case "update":
      return { todos: [await update(client, wish.before, wish.changes)] };
    case "move":
      return { todos: [await update(client, wish.before, { position: wish.place })] };
    case "delete":
      // What is gone already is as it was wished.
      await api.deleteTodo(wish.before.id).catch((error) => {
        if (!(error instanceof ApiError && error.status === 404)) throw error;
      });
      return { todos: [] };
    case "restore":
      return { todos: [await api.restoreTodo(wish.gone.id)] };
    case "bulk": {
      const ids = wish.before.map((todo) => todo.id);
      const { items, undo } = await api.bulkTodos(ids, wish.action);
      return { todos: items, undo };
    }
    case "undo":
      return { todos: await api.undoChange(wish.token) };
  }
}

/** Changes a todo. When it was changed elsewhere, but in other fields, both changes are kept. */
async function update(
  client: QueryClient,
  before: Todo,
  changes: TodoChanges | { position: Place },
): Promise<Todo> {
  const { updateTodo } = await loadTodosApi();
  const fields = Object.keys(changes) as (keyof Todo)[];
  const version = baseVersion(before, fields, cachedTodo(client, before.id));
  try {
    return await updateTodo(before.id, version, changes);
  } catch (error) {
    const current = error instanceof ApiError && error.status === 409 ? error.problem.current : undefined;
    const merged = current && baseVersion(before, fields, current);
    if (!current || merged !== current.version || merged === version) throw error;
    return updateTodo(before.id, merged, changes);
  }
}
