import type { ChatMessage } from "@/lib/api/chat";
import { ToolCallCard } from "./tool-call-card";

type AnswerProps = {
  message: ChatMessage;
  /** It is still growing. */
  answering: boolean;
  /** Every answer is the built-in assistant's, so that it need not be said with each. */
  builtin: boolean;
};

/** One answer: what the assistant did, and what it says. */
export function Answer({ message, answering, builtin }: AnswerProps) {
  const { text, calls, stopped } = message;
  const waiting = answering && !text && calls.every((call) => call.ok !== null);
  return (
    <div className="flex flex-col items-start gap-2.5 text-[0.9375rem] leading-relaxed">
      <span className="sr-only">Assistant:</span>
      {calls.length > 0 && (
        <ul className="flex w-full flex-col gap-2">
          {calls.map((call) => (
            <ToolCallCard key={call.id} call={call} />
          ))}
        </ul>
      )}
      {text && (
        <p dir="auto" className="max-w-full whitespace-pre-wrap wrap-anywhere">
          {text}
        </p>
      )}
      {waiting && <Thinking />}
      {stopped && !answering && <p className="text-sm text-muted">Stopped before its end.</p>}
      {message.builtin && !builtin && (
        <p className="rounded-full bg-accent-soft px-2.5 py-1 text-xs font-semibold">
          Built-in assistant, because the AI service did not answer
        </p>
      )}
    </div>
  );
}

function Thinking() {
  return (
    <p className="flex h-6 items-center gap-1.5">
      <span className="sr-only">Thinking</span>
      {[0, 150, 300].map((delay) => (
        <span
          key={delay}
          aria-hidden="true"
          className="size-1.5 animate-pulse rounded-full bg-muted"
          style={{ animationDelay: `${delay}ms` }}
        />
      ))}
    </p>
  );
}
