import { cookies } from "next/headers";
import createClient from "openapi-fetch";
import { backendUrl } from "@/lib/backend";
import type { TodoView } from "@/lib/todo-view";
import type { paths } from "./schema";
import { listTodos, type TodoPage } from "./todos";

/** The backend's session cookie, the only one of the visitor's that it needs. */
const SESSION_COOKIE = "todo_session";

/** A page that waits longer is better off saying so. */
const TIMEOUT_MS = 5_000;

/**
 * The first page of a view, fetched on the server for the visitor whose request is being answered.
 * @throws ApiError, or ConfigError when BACKEND_URL is wrong.
 */
export async function fetchTodos(view: TodoView): Promise<TodoPage> {
  const session = (await cookies()).get(SESSION_COOKIE);
  const client = createClient<paths>({
    baseUrl: backendUrl(),
    cache: "no-store",
    headers: session ? { cookie: `${SESSION_COOKIE}=${session.value}` } : {},
  });
  return listTodos(view, { client, signal: AbortSignal.timeout(TIMEOUT_MS) });
}
