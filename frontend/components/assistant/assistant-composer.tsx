"use client";

import { ArrowUp, Square } from "lucide-react";
import { type FormEvent, type KeyboardEvent, type Ref, useImperativeHandle, useRef, useState } from "react";
import { MAX_MESSAGE } from "@/lib/api/chat";
import { isComposing } from "@/lib/composing";
import { ASSISTANT_FIELD } from "./assistant-button";
import type { ConversationProps } from "./conversation-view";

/** What was typed and not sent yet; it outlives the panel. */
let kept = "";

/** Where the visitor speaks to the assistant. Enter sends, Shift+Enter begins a line; while it answers, it can be stopped. */
export function AssistantComposer({
  ref,
  conversation,
}: ConversationProps & { ref: Ref<HTMLTextAreaElement> }) {
  const { answering, ask, stop, chat } = conversation;
  const field = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle(ref, () => field.current as HTMLTextAreaElement);
  const [problem, setProblem] = useState<string>();

  async function send(event?: FormEvent) {
    event?.preventDefault();
    const input = field.current;
    if (!input || answering) return;
    if (!chat.data) {
      setProblem("The conversation is still loading; send it again in a moment.");
      return;
    }
    const text = input.value.trim();
    const wrong = checkMessage(text);
    setProblem(wrong);
    input.focus();
    if (wrong !== undefined) return;
    write(input, "");
    // A refused question comes back to be sent again, unless something else was typed since.
    await ask(text).catch((error) => {
      if (error.name === "RefusedError") write(field.current, kept || text);
    });
  }

  function onKeyDown(event: KeyboardEvent) {
    // While an input method composes a word, Enter chooses it.
    if (event.key === "Enter" && !event.shiftKey && !isComposing(event.nativeEvent)) void send(event);
  }

  return (
    <form
      onSubmit={send}
      className="shrink-0 border-t border-line p-4 pb-[max(1rem,env(safe-area-inset-bottom))]"
    >
      <div className="field-ring flex items-end gap-1 rounded-2xl border border-line-strong bg-surface p-1.5 pl-3.5">
        <label htmlFor={ASSISTANT_FIELD} className="sr-only">
          Message to the assistant
        </label>
        <textarea
          ref={field}
          id={ASSISTANT_FIELD}
          rows={1}
          defaultValue={kept}
          placeholder="Ask or tell the assistant"
          enterKeyHint="send"
          autoComplete="off"
          dir="auto"
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? "assistant-message-problem" : undefined}
          onKeyDown={onKeyDown}
          onInput={(event) => {
            kept = event.currentTarget.value;
            setProblem(undefined);
          }}
          className="field-sizing-content max-h-40 min-h-10 min-w-0 flex-1 resize-none bg-transparent py-2 text-base leading-6 placeholder:text-muted sm:text-[0.9375rem]"
        />
        {answering ? (
          <button
            type="button"
            onClick={stop}
            aria-label="Stop the answer"
            title="Stop"
            className={actionClass}
          >
            <Square aria-hidden="true" className="size-3.5" fill="currentColor" />
          </button>
        ) : (
          <button type="submit" aria-label="Send" title="Send" className={actionClass}>
            <ArrowUp aria-hidden="true" className="size-4.5" strokeWidth={2.25} />
          </button>
        )}
      </div>
      {problem && (
        <p
          id="assistant-message-problem"
          role="alert"
          className="mt-2 pl-3.5 text-sm font-medium text-danger"
        >
          {problem}
        </p>
      )}
    </form>
  );
}

const actionClass =
  "grid size-10 shrink-0 place-items-center rounded-full bg-accent text-on-accent transition-colors hover:bg-accent-hover";

function write(field: HTMLTextAreaElement | null, text: string): void {
  kept = text;
  if (field) field.value = text;
}

function checkMessage(text: string): string | undefined {
  if (text === "") return "Write what the assistant should do first.";
  // The backend counts code points, so an emoji is one character here too.
  const length = [...text].length;
  if (length > MAX_MESSAGE) return `A message has at most ${MAX_MESSAGE} characters; this one has ${length}.`;
}
