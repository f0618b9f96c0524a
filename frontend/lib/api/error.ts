import type { components } from "./schema";

/** An RFC 9457 problem document; with a 409, `current` is the todo as it is now. */
export type Problem = Partial<components["schemas"]["StaleProblem"]>;

/** A request that did not succeed. `status` is null when no answer came at all. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number | null;
  readonly problem: Problem;
  /** When the server wants to be asked again, in seconds from the answer. */
  readonly retryAfter: number | null;

  constructor(
    status: number | null,
    problem: Problem,
    { retryAfter = null, ...options }: ErrorOptions & { retryAfter?: number | null } = {},
  ) {
    super(problem.detail ?? problem.title ?? `the server answered ${status ?? "nothing"}`, options);
    this.status = status;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  /** Whether it is this kind of problem, by the stable part of its type, such as `email-taken`. */
  is(kind: string): boolean {
    return this.problem.type === `/problems/${kind}`;
  }
}

/** What is wrong with each field, in sentences; empty unless the problem is about fields. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  return Object.fromEntries(
    (error.problem.errors ?? []).map(({ field, message }) => [field, sentence(message)]),
  );
}

/** The backend's messages go on after the field's name: "is not a date". Under the field itself, "This" stands for it. */
function sentence(message: string): string {
  const whole = /^\p{Ll}/u.test(message) ? `This ${message}` : message;
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}
