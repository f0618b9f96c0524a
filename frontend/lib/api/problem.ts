import type { components } from "./schema";

/** An RFC 9457 problem document; with a 409, `current` is the todo as it is now. */
type Problem = Partial<components["schemas"]["StaleProblem"]>;

/** A request that did not succeed. `status` is null when no answer came at all. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number | null;
  readonly problem: Problem;

  constructor(status: number | null, problem: Problem, options?: ErrorOptions) {
    super(problem.detail ?? problem.title ?? `the server answered ${status ?? "nothing"}`, options);
    this.status = status;
    this.problem = problem;
  }
}

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
    if (cause instanceof Error && cause.name === "AbortError") throw cause;
    throw new ApiError(null, {}, { cause });
  }
  const { data, error, response } = answer;
  if (response.ok) return data as T;
  // A proxy in between may answer with a page instead of a problem document.
  throw new ApiError(response.status, typeof error === "object" && error !== null ? error : {});
}

/** What went wrong and what helps, in a sentence for the person at the screen. */
export function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return "Something unexpected happened. Reload the page and try again.";
  const { status, problem } = error;
  if (status === null) {
    return "The server could not be reached. Check your connection and try again.";
  }
  if (status === 429) return "That was too much at once. Wait a moment and try again.";
  if (status >= 500) return `The server has a problem (${status}). Try again in a moment.`;
  const field = problem.errors?.find((item) => item.message)?.message;
  return field ?? problem.detail ?? problem.title ?? `The server refused it (${status}).`;
}
