import type { QueryClient } from "@tanstack/react-query";
import { loadTodosApi } from "@/lib/api/load";
import { ApiError, type Undoable } from "@/lib/api/problem";
import type { Place, Todo, TodoChanges } from "@/lib/api/todos";
import { cachedTodo } from "./todo-cache";
import { baseVersion, type Wish } from "./wish";

/** The todos that a wish made or changed, and the token that undoes it; none when nothing was changed. */
export type Answer = { todos: Todo[]; undo: string | null };

/**
 * Sends a wish to the server.
 * @throws ApiError when it was refused or no answer came; a stale one with the current todo.
 */
export async function sendWish(client: QueryClient, wish: Wish): Promise<Answer> {
  const api = await loadTodosApi();
  switch (wish.kind) {
    case "create":
      return one(await api.createTodo(wish.line));
    case "update":
      return one(await update(client, wish.before, wish.changes));
    case "move":
      return one(await update(client, wish.before, { position: wish.place }));
    case "delete": {
      // What is gone already is as it was wished.
      const gone = await api.deleteTodo(wish.before.id).catch((error) => {
        if (!(error instanceof ApiError && error.status === 404)) throw error;
      });
      return { todos: [], undo: gone?.undo ?? null };
    }
    case "bulk": {
      const ids = wish.before.map((todo) => todo.id);
      const { items, undo } = await api.bulkTodos(ids, wish.action);
      return { todos: items, undo };
    }
    case "undo":
      return { todos: await api.undoChange(wish.token), undo: null };
  }
}

function one({ data, undo }: Undoable<Todo>): Answer {
  return { todos: [data], undo };
}

/** Changes a todo. When it was changed elsewhere, but in other fields, both changes are kept. */
async function update(
  client: QueryClient,
  before: Todo,
  changes: TodoChanges | { position: Place },
): Promise<Undoable<Todo>> {
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
