import createClient, { type Client } from "openapi-fetch";
import { noteSessionEnd } from "@/lib/session";
import { inTurn } from "./first-write";
import type { paths } from "./schema";

export type ApiClient = Client<paths>;

/** Longer than a slow request, short enough that nobody waits for an answer that will not come. */
const TIMEOUT_MS = 15_000;
/** An import carries thousands of todos. */
const IMPORT_TIMEOUT_MS = 120_000;

let client: ApiClient | undefined;

/** The client that the browser uses: same origin, so the session cookie goes along and no other host is asked. */
export function browserClient(): ApiClient {
  if (!client) {
    client = createClient<paths>({
      baseUrl: window.location.origin,
      fetch: (request) => (writes(request) ? inTurn(() => send(request)) : send(request)),
    });
    client.use({ onResponse: ({ response }) => noteSessionEnd(response) });
  }
  return client;
}

/** A preview is asked for with POST, as a line is no part of an address, but it makes no guest. */
function writes({ method, url }: Request): boolean {
  return method !== "GET" && !url.endsWith("/api/todos/read");
}

function send(request: Request): Promise<Response> {
  const timeout = new URL(request.url).pathname === "/api/import" ? IMPORT_TIMEOUT_MS : TIMEOUT_MS;
  return fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeout)]) });
}
