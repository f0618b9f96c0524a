"use client";

import {
  type QueryClient,
  useMutation,
  useMutationState,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { TODOS_KEY } from "@/components/todos/todo-query";
import { announce } from "@/components/ui/live-region";
import { notify } from "@/components/ui/toast";
import { type Chat, CutStreamError, clearChat, getChat, streamChat } from "@/lib/api/chat";
import { ApiError, explain } from "@/lib/api/problem";
import { undoChange } from "@/lib/api/undo";
import { offerUndo } from "@/lib/undo-stack";
import { applyEvent, ask, breakOff, changesTodos, takeBack } from "./conversation";

const CHAT_KEY = ["chat"] as const;
const ASK_KEY = [...CHAT_KEY, "ask"] as const;

/** After Stop the server may need a moment to notice; a question right after it is asked again a few times. */
const BUSY_RETRIES = 5;
const BUSY_DELAY_MS = 400;

/** How soon an answer that is being given elsewhere is looked for again; the server ends every answer in about a minute. */
const UNANSWERED_MS = 1_000;

/** The question that is being answered. It outlives the panel: closing that does not stop an answer. */
let running: AbortController | undefined;

/** The conversation with the assistant: what was said, and ways to say something, stop the answer and start anew. */
export function useConversation() {
  const client = useQueryClient();
  const asked = useMutationState({ filters: { mutationKey: ASK_KEY }, select: ({ state }) => state }).at(-1);
  const answering = asked?.status === "pending";
  const chat = useQuery({
    queryKey: CHAT_KEY,
    queryFn: ({ signal }) => getChat(signal),
    // While an answer streams, the cache is ahead of what the server would tell.
    enabled: !answering,
    staleTime: Number.POSITIVE_INFINITY,
    // The last word is a question while it is being answered elsewhere: in another tab, or for a page that was reloaded.
    refetchInterval: ({ state }) => state.data?.messages.at(-1)?.role === "user" && UNANSWERED_MS,
  });
  const question = useMutation({
    mutationKey: ASK_KEY,
    mutationFn: (text: string) => converse(client, text),
  });
  const clearing = useMutation({
    mutationFn: clearChat,
    onSuccess() {
      question.reset();
      client.setQueryData<Chat>(CHAT_KEY, (known) => known && { ...known, messages: [] });
      announce("Conversation cleared");
    },
  });

  return {
    chat,
    answering,
    /** Why the last question got no whole answer. */
    failure:
      asked?.status === "error" ? { error: asked.error, question: String(asked.variables) } : undefined,
    ask: question.mutateAsync,
    clearing,
    stop: () => running?.abort(),
  };
}

/** A question that was refused before anything came of it; its text is still the visitor's to send. */
export class RefusedError extends Error {
  override name = "RefusedError";
}

/**
 * Asks, and writes the answer into the cache as it comes.
 * @throws RefusedError when nothing was said at all, with the reason as its cause; otherwise what broke the answer off.
 */
async function converse(client: QueryClient, text: string): Promise<void> {
  await client.cancelQueries({ queryKey: CHAT_KEY });
  const known = client.getQueryData<Chat>(CHAT_KEY) ?? { messages: [], builtin: false };
  const { chat, answerId } = ask(known, text, new Date().toISOString());
  const write = (change: (chat: Chat) => Chat) =>
    client.setQueryData<Chat>(CHAT_KEY, (now) => now && change(now));
  const refreshTodos = () => void client.invalidateQueries({ queryKey: TODOS_KEY });

  client.setQueryData(CHAT_KEY, chat);
  const controller = new AbortController();
  running = controller;
  const { signal } = controller;
  let began = false;
  try {
    await patiently(signal, () =>
      streamChat(text, {
        signal,
        onEvent(event) {
          began = true;
          write((now) => applyEvent(now, answerId, event));
          if (event.type === "call" && changesTodos(event.call)) {
            refreshTodos();
            const { undo, summary } = event.call;
            if (undo) offerUndo(undo, () => void undoCall(client, undo, summary));
          }
          if (event.type === "done") announce(`Assistant: ${event.message.text}`);
        },
      }),
    );
  } catch (error) {
    if (!began && !signal.aborted && !(error instanceof CutStreamError)) {
      write((now) => takeBack(now, answerId));
      throw new RefusedError("the question was refused", { cause: error });
    }
    write((now) => breakOff(now, answerId));
    // What a call was doing when the answer broke off may be done.
    refreshTodos();
    if (!signal.aborted) throw error;
    announce("Stopped");
  } finally {
    running = undefined;
  }
}

/** Takes one of the assistant's changes back, by the key. */
async function undoCall(client: QueryClient, token: string, summary: string): Promise<void> {
  try {
    await undoChange(token);
    notify({ title: `Undone: ${summary}` });
  } catch (error) {
    notify({ tone: "error", title: "Could not undo that", description: explain(error) });
  }
  await client.invalidateQueries({ queryKey: TODOS_KEY });
}

/** Asks, and again after a pause while the server still ends the answer before. */
async function patiently(signal: AbortSignal, ask: () => Promise<void>): Promise<void> {
  for (let left = BUSY_RETRIES; ; left -= 1) {
    try {
      return await ask();
    } catch (error) {
      if (left <= 0 || !(error instanceof ApiError && error.is("busy"))) throw error;
      await new Promise((resolve) => setTimeout(resolve, BUSY_DELAY_MS));
      signal.throwIfAborted();
    }
  }
}
