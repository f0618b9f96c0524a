import { createParser } from "eventsource-parser";
import { dayComesFirst, localZone } from "@/lib/clock";
import { noteSessionEnd } from "@/lib/session";
import { browserClient } from "./client";
import { inTurn } from "./first-write";
import { ApiError, noAnswer, type Problem, refusal, unwrap } from "./problem";
import type { components } from "./schema";

export type Chat = components["schemas"]["Chat"];
export type ChatMessage = components["schemas"]["ChatMessage"];
export type ToolCall = components["schemas"]["ToolCall"];

/** What the assistant sends while it answers; `done` or `error` is the last. */
export type ChatEvent =
  | { type: "text"; delta: string }
  | { type: "call"; call: ToolCall }
  | { type: "done"; message: ChatMessage }
  | { type: "error"; problem: Problem };

/** The longest message, in characters (Unicode code points). */
export const MAX_MESSAGE = 2000;

/** The server says something every 15 s while it works; a longer silence is a connection that broke unseen. */
const SILENCE_MS = 45_000;

export function getChat(signal?: AbortSignal): Promise<Chat> {
  return unwrap(browserClient().GET("/api/chat", { signal }));
}

export async function clearChat(): Promise<void> {
  await unwrap(browserClient().DELETE("/api/chat"));
}

/** The answer ended without its last event: the connection or the server went away in the middle. */
export class CutStreamError extends Error {
  override name = "CutStreamError";
}

/**
 * Says something to the assistant and hands on what it answers, event by event. Aborting stops the answer.
 * @throws ApiError when the message is refused, nothing answers, or the assistant reports a problem;
 * CutStreamError when the answer breaks off, and the abort's own error.
 */
export async function streamChat(
  message: string,
  { signal, onEvent }: { signal: AbortSignal; onEvent: (event: ChatEvent) => void },
): Promise<void> {
  const response = await post(message, signal);
  const events: ChatEvent[] = [];
  const parser = createParser({
    onEvent({ event, data }) {
      const known = chatEvent(event, data);
      if (known) events.push(known);
    },
  });
  for await (const chunk of chunks(response, signal)) {
    parser.feed(chunk);
    for (const event of events.splice(0)) {
      onEvent(event);
      if (event.type === "done") return;
      if (event.type === "error") throw new ApiError(event.problem.status ?? 500, event.problem);
    }
  }
  throw new CutStreamError("the answer ended too early");
}

/** The text of an answer as it comes in. Leaving the loop ends the connection. */
async function* chunks(response: Response, signal: AbortSignal): AsyncGenerator<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) return;
  try {
    for (;;) {
      const { done, value } = await withinSilence(reader.read());
      if (done) return;
      yield value;
    }
  } catch (cause) {
    signal.throwIfAborted();
    throw cause instanceof CutStreamError ? cause : new CutStreamError("the answer broke off", { cause });
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** What comes next, unless the stream is silent for longer than it can be while it is whole. */
async function withinSilence<T>(next: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new CutStreamError("the connection fell silent")), SILENCE_MS);
  });
  return Promise.race([next, silence]).finally(() => clearTimeout(timer));
}

/** Not through the API's client: its time limit is for answers that come at once. */
async function post(message: string, signal: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    const request = new Request(new URL("/api/chat", window.location.origin), {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
      body: JSON.stringify({ message, zone: localZone(), day_first: dayComesFirst() }),
      signal,
    });
    response = await inTurn(() => fetch(request));
  } catch (cause) {
    throw noAnswer(cause);
  }
  if (response.ok) return response;
  await noteSessionEnd(response);
  throw refusal(response, await response.json().catch(() => null));
}

/** An event of the stream as the app's own; what a newer server may send besides is left out. */
function chatEvent(name: string | undefined, data: string): ChatEvent | undefined {
  switch (name) {
    case "text":
      return { type: "text", ...JSON.parse(data) };
    case "call":
      return { type: "call", call: JSON.parse(data) };
    case "done":
      return { type: "done", ...JSON.parse(data) };
    case "error":
      return { type: "error", ...JSON.parse(data) };
  }
}
