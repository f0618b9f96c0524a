import type { ChatMessage, ToolCall } from "@/lib/api/chat";
import { problem } from "./problem";

/** The token of every change that the assistant makes. */
export const CHAT_UNDO = "undo-of-the-assistant";

const NOW = "2026-01-01T00:00:00Z";

export function aMessage(fields: Partial<ChatMessage>): ChatMessage {
  return {
    id: "m",
    role: "assistant",
    text: "",
    calls: [],
    builtin: false,
    stopped: false,
    created_at: NOW,
    ...fields,
  };
}

export function aCall(fields: Partial<ToolCall>): ToolCall {
  return { id: "c", name: "add", arguments: {}, ok: null, summary: "", todos: [], undo: null, ...fields };
}

/** The backend's assistant in memory: what was said, and answers that a test gives piece by piece. */
export class FakeChat {
  messages: ChatMessage[] = [];
  builtin = true;
  /** What was asked, in order. */
  asked: string[] = [];
  /** Refuses the next questions with these problems. */
  refusals: { status: number; type: string }[] = [];
  /** Why an undo is refused, if it is. */
  undoRefusal: string | undefined;
  /** The client went away from the answer. */
  left = false;
  private stream: ReadableStreamDefaultController<Uint8Array> | undefined;

  async answer(request: Request): Promise<Response> {
    if (request.method === "GET") return Response.json({ messages: this.messages, builtin: this.builtin });
    if (request.method === "DELETE") {
      this.messages = [];
      return new Response(null, { status: 204 });
    }
    this.asked.push((await request.json()).message);
    const refusal = this.refusals.shift();
    if (refusal) return problem(refusal.status, { type: `/problems/${refusal.type}` });
    this.left = false;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.stream = controller;
      },
      cancel: () => {
        this.left = true;
      },
    });
    request.signal.addEventListener("abort", () => {
      this.left = true;
      this.stream?.error(request.signal.reason);
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }

  /** The answer to the undo of what the assistant changed; nothing for other changes. */
  undo(token: string): Response | undefined {
    if (token !== CHAT_UNDO) return undefined;
    const type = this.undoRefusal;
    return type ? problem(409, { type: `/problems/${type}` }) : Response.json({ items: [] });
  }

  text(delta: string): void {
    this.send("text", { delta });
  }

  call(call: Partial<ToolCall>): void {
    this.send("call", aCall(call));
  }

  done(message: Partial<ChatMessage>): void {
    this.send("done", { message: aMessage(message) });
    this.stream?.close();
  }

  fail(detail: string): void {
    this.send("error", { problem: { type: "/problems/assistant-unavailable", status: 502, detail } });
    this.stream?.close();
  }

  /** Ends the connection in the middle. */
  cut(): void {
    this.stream?.error(new TypeError("network error"));
  }

  private send(event: string, data: object): void {
    this.raw(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  raw(text: string): void {
    this.stream?.enqueue(new TextEncoder().encode(text));
  }
}
