"use client";

import { LoaderCircle, MessageCircleQuestionMark } from "lucide-react";
import { Button } from "@/components/ui/button";
import { FormProblem } from "@/components/ui/form-problem";
import { Notice } from "@/components/ui/notice";
import type { ChatMessage } from "@/lib/api/chat";
import { explain } from "@/lib/api/problem";
import { Answer } from "./answer";
import { canAskAgain, explainFailure } from "./failure";
import type { useConversation } from "./use-conversation";

export type ConversationProps = { conversation: ReturnType<typeof useConversation> };

const EXAMPLES = ["Add call grandma tomorrow at 18:00", "What is due this week?", "Complete the milk one"];

/** What was said so far. It rests at its end while the answer grows, unless somebody scrolled up. */
export function Conversation({ conversation }: ConversationProps) {
  const { chat, answering, failure, ask } = conversation;
  return (
    // Reversed, a scrolled box keeps its end in sight by itself; its one child reads from top to bottom.
    <section
      aria-label="Conversation"
      aria-busy={answering}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key
      tabIndex={0}
      className="flex min-h-0 flex-1 flex-col-reverse overflow-y-auto overscroll-contain -outline-offset-2"
    >
      <div className="mb-auto flex flex-col gap-5 px-5 py-6">
        {chat.data ? (
          chat.data.messages.length > 0 ? (
            <ol className="flex flex-col gap-5">
              {chat.data.messages.map((message, index, { length }) => (
                <li key={message.id}>
                  <Said
                    message={message}
                    answering={answering && index === length - 1}
                    builtin={chat.data.builtin}
                  />
                </li>
              ))}
            </ol>
          ) : (
            <Welcome onAsk={(text) => ask(text).catch(() => {})} />
          )
        ) : chat.isError ? (
          <Notice
            icon={MessageCircleQuestionMark}
            title="The conversation could not be loaded"
            actions={<Button onClick={() => chat.refetch()}>Try again</Button>}
          >
            {explain(chat.error)}
          </Notice>
        ) : (
          <p className="flex items-center justify-center gap-2 py-14 text-sm text-muted">
            <LoaderCircle aria-hidden="true" className="size-4 animate-spin" />
            Loading the conversation
          </p>
        )}
        {failure && (
          <FormProblem>
            {explainFailure(failure.error)}
            {canAskAgain(failure.error) && (
              <button
                type="button"
                onClick={() => ask(failure.question).catch(() => {})}
                className="ml-1.5 font-semibold underline underline-offset-4"
              >
                Ask again
              </button>
            )}
          </FormProblem>
        )}
      </div>
    </section>
  );
}

type SaidProps = { message: ChatMessage; answering: boolean; builtin: boolean };

function Said({ message, answering, builtin }: SaidProps) {
  if (message.role === "assistant") {
    return <Answer message={message} answering={answering} builtin={builtin} />;
  }
  return (
    <p
      dir="auto"
      className="ml-auto w-fit max-w-[85%] rounded-2xl rounded-br-md bg-accent-soft px-4 py-2.5 text-[0.9375rem] leading-relaxed whitespace-pre-wrap wrap-anywhere"
    >
      <span className="sr-only">You: </span>
      {message.text}
    </p>
  );
}

function Welcome({ onAsk }: { onAsk: (text: string) => void }) {
  return (
    <div className="pt-2">
      <p className="text-lg font-semibold tracking-tight">What can I do for you?</p>
      <p className="mt-1.5 text-[0.9375rem] leading-relaxed text-pretty text-muted">
        Tell me what to add, change, complete or delete. Every step is shown here and can be undone.
      </p>
      <ul className="mt-5 flex flex-col items-start gap-2">
        {EXAMPLES.map((text) => (
          <li key={text}>
            <Button look="outline" className="min-h-11 text-left font-medium" onClick={() => onAsk(text)}>
              {text}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
