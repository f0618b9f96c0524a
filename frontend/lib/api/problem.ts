import { waitingTime } from "@/lib/waiting-time";
import { ApiError } from "./error";

export { ApiError, fieldErrors, type Problem } from "./error";

type Answer<T> = { data?: T; error?: unknown; response: Response };

/**
 * The data of a call of the API client.
 * @throws ApiError for every answer that is not a success, and when none came.
 */
export async function unwrap<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (cause) {
    throw noAnswer(cause);
  }
  const { data, error, response } = answer;
  if (response.ok) return data as T;
  throw refusal(response, error);
}

/** What a change made, and the token that takes it back; none when nothing was changed. */
export type Undoable<T> = { data: T; undo: string | null };

/** The same with the token that takes the change back. */
export async function unwrapUndoable<T>(call: Promise<Answer<T>>): Promise<Undoable<T>> {
  let undo: string | null = null;
  const data = await unwrap(
    call.then((answer) => {
      undo = answer.response.headers.get("Undo-Token");
      return answer;
    }),
  );
  return { data, undo };
}

/** What to throw when no answer came: the abort itself, because it is no failure, or the API's error. */
export function noAnswer(cause: unknown): unknown {
  return cause instanceof Error && cause.name === "AbortError" ? cause : new ApiError(null, {}, { cause });
}

/** The error of an answer that is not a success, with its body as far as it could be read. */
export function refusal(response: Response, body: unknown): ApiError {
  // A proxy in between may answer with a page instead of a problem document.
  const problem = typeof body === "object" && body !== null ? body : {};
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  return new ApiError(response.status, problem, { retryAfter: Number.isNaN(seconds) ? null : seconds });
}

/** What went wrong and what helps, in a sentence for the person at the screen. */
export function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return "Something unexpected happened. Reload the page and try again.";
  const { status, problem, retryAfter } = error;
  if (status === null) {
    return "The server could not be reached. Check your connection and try again.";
  }
  if (status === 429) {
    const when = retryAfter ? `in ${waitingTime(retryAfter)}` : "in a moment";
    return `That was too much at once. Try again ${when}.`;
  }
  if (status >= 500) return `The server has a problem (${status}). Try again in a moment.`;
  const field = problem.errors?.find((item) => item.message)?.message;
  return field ?? problem.detail ?? problem.title ?? `The server refused it (${status}).`;
}
