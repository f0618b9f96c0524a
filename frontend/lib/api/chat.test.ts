// @vitest-environment jsdom
import { expect, it, vi } from "vitest";
import { problem } from "@/tests/support/problem";
import { type ChatEvent, CutStreamError, streamChat } from "./chat";
import { ApiError } from "./problem";

/** Asks a server that answers with these bytes, in pieces of a size. */
async function ask(answer: string, size: number): Promise<ChatEvent[]> {
  const bytes = new TextEncoder().encode(answer);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
      controller.close();
    },
  });
  vi.stubGlobal("fetch", async () => new Response(body));
  const events: ChatEvent[] = [];
  await streamChat("Hello", { signal: new AbortController().signal, onEvent: (event) => events.push(event) });
  return events;
}

const TEXT = 'event: text\ndata: {"delta":"Grüße 🌱"}\n\n';
const DONE = 'event: done\ndata: {"message":{"id":"1"}}\n\n';

it.each([1, 3, 1000])("reads events from pieces of %d bytes, and no others", async (size) => {
  const events = await ask(`: ping\n\n${TEXT}event: later\ndata: {}\n\n${DONE}${TEXT}`, size);
  expect(events).toEqual([
    { type: "text", delta: "Grüße 🌱" },
    { type: "done", message: { id: "1" } },
  ]);
});

it("tells an answer that ends without its last event from a whole one", async () => {
  await expect(ask(TEXT, 1000)).rejects.toBeInstanceOf(CutStreamError);
});

it("throws the assistant's own problem, after what came before it", async () => {
  const error = 'event: error\ndata: {"problem":{"status":502,"detail":"The AI service is down."}}\n\n';
  await expect(ask(TEXT + error, 1000)).rejects.toMatchObject({
    status: 502,
    message: "The AI service is down.",
  });
});

it("throws what the server says when it refuses the question", async () => {
  vi.stubGlobal("fetch", async () => problem(409, { type: "/problems/busy" }, { "Retry-After": "5" }));
  const refused = streamChat("Hello", { signal: new AbortController().signal, onEvent: () => {} });
  await expect(refused).rejects.toSatisfy(
    (error) => error instanceof ApiError && error.is("busy") && error.retryAfter === 5,
  );
});
