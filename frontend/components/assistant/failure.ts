import { CutStreamError } from "@/lib/api/chat";
import { ApiError, explain } from "@/lib/api/problem";
import { RefusedError } from "./use-conversation";

/** Why there is no whole answer, and what can be done, in a sentence. */
export function explainFailure(error: unknown): string {
  const cause = error instanceof RefusedError ? error.cause : error;
  if (cause instanceof CutStreamError) {
    return "The connection broke in the middle of the answer. What was changed until then stays.";
  }
  if (!(cause instanceof ApiError)) return explain(cause);
  if (cause.is("busy")) {
    return "The assistant is still answering another question of yours, perhaps in another tab. Wait for its end, then send this one.";
  }
  if (cause.is("session-ended"))
    return "Your session has ended. Log in and send it again, or go on as a guest.";
  // A problem in the middle of an answer is the assistant's own, and says more than its number.
  if (!(error instanceof RefusedError) && cause.problem.detail) return cause.problem.detail;
  return explain(cause);
}

/** Whether asking the same again is the way on. A refused question is still in its field. */
export function canAskAgain(error: unknown): boolean {
  return !(error instanceof RefusedError);
}
