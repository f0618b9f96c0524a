import { forgetSession } from "@/lib/api/first-write";

/** What the page learns when the server no longer knows the visitor's session: it ended, or was logged out elsewhere. */

const SESSION_ENDED = "/problems/session-ended";

const listeners = new Set<() => void>();

/** Calls `listener` whenever an answer tells that the session has ended. Returns how to stop. */
export function onSessionEnd(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Looks whether an answer tells so; the answer's own body stays unread for its caller. */
export async function noteSessionEnd(response: Response): Promise<void> {
  if (response.status !== 401) return;
  const problem = await response
    .clone()
    .json()
    .catch(() => null);
  if (problem?.type !== SESSION_ENDED) return;
  forgetSession();
  for (const listener of [...listeners]) listener();
}

let waiting: (() => void)[] = [];

/** Keeps a change that failed because the session had ended, to be made when its owner has logged in again. */
export function retryAfterLogin(change: () => void): void {
  waiting.push(change);
}

/** Makes the changes that waited for a login. */
export function retryNow(): void {
  const changes = waiting;
  waiting = [];
  for (const change of changes) change();
}
