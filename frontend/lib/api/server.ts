import { cookies } from "next/headers";
import createClient from "openapi-fetch";
import { ASKING, backendUrl } from "@/lib/backend";
import { getMe, type Me } from "./accounts";
import type { ApiClient } from "./client";
import { ApiError, unwrap } from "./problem";
import type { paths } from "./schema";
import { type Listing, listQuery, listTodos, type TodoPage } from "./todos";

/** The backend's session cookie, the only one of the visitor's that it needs. */
const SESSION_COOKIE = "todo_session";

/** A page that waits longer is better off saying so. Five seconds were too few during rollouts on two busy cores. */
const TIMEOUT_MS = 10_000;

/** Who asks for a page, and the todos that it shows first. */
export type Visitor = {
  me: Me;
  todos: TodoPage;
  /** The visitor's session is no longer known; the rest is an empty guest's. */
  sessionEnded: boolean;
};

/**
 * The visitor whose request is being answered, with the first page of a list.
 * @throws ApiError, or ConfigError when BACKEND_URL is wrong.
 */
export async function fetchVisitor(listing: Listing): Promise<Visitor> {
  const session = (await cookies()).get(SESSION_COOKIE)?.value;
  try {
    return { ...(await fetchAs(session, listing)), sessionEnded: false };
  } catch (error) {
    if (!(error instanceof ApiError && error.is("session-ended"))) throw error;
    return { ...(await fetchAs(undefined, listing)), sessionEnded: true };
  }
}

async function fetchAs(session: string | undefined, listing: Listing): Promise<{ me: Me; todos: TodoPage }> {
  const client: ApiClient = createClient<paths>({
    baseUrl: backendUrl(),
    ...ASKING,
    headers: { ...ASKING.headers, ...(session ? { cookie: `${SESSION_COOKIE}=${session}` } : {}) },
  });
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    // One call: a connection of its own is most of what a call costs (docs/performance.md).
    return await unwrap(client.GET("/api/visit", { params: { query: listQuery(listing) }, signal }));
  } catch (error) {
    // A backend of an older release, which answers until the new one is ready, knows only the two calls.
    if (!(error instanceof ApiError && error.status === 404)) throw error;
    const [me, todos] = await Promise.all([
      getMe({ client, signal }),
      listTodos(listing, { client, signal }),
    ]);
    return { me, todos };
  }
}
