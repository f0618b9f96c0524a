import type { Chat, ChatEvent, ChatMessage, ToolCall } from "@/lib/api/chat";

let drafts = 0;

/** What was just said, and the place for the answer, until the server has told its own record of them. */
export function ask(chat: Chat, text: string, now: string): { chat: Chat; answerId: string } {
  drafts += 1;
  const common = { calls: [], builtin: false, stopped: false, created_at: now };
  const question: ChatMessage = { ...common, id: `question-${drafts}`, role: "user", text };
  const answer: ChatMessage = { ...common, id: `answer-${drafts}`, role: "assistant", text: "" };
  return { chat: { ...chat, messages: [...chat.messages, question, answer] }, answerId: answer.id };
}

/** Takes a question that was refused back, with the place for its answer. */
export function takeBack(chat: Chat, answerId: string): Chat {
  const index = chat.messages.findIndex((message) => message.id === answerId);
  return index < 1 ? chat : { ...chat, messages: chat.messages.toSpliced(index - 1, 2) };
}

/** Marks an answer as ended before its end. */
export function breakOff(chat: Chat, answerId: string): Chat {
  return changeMessage(chat, answerId, (message) => ({
    ...message,
    stopped: true,
    calls: message.calls.map((call) =>
      call.ok === null ? { ...call, ok: false, summary: "Stopped." } : call,
    ),
  }));
}

/** Writes what the assistant sent into its answer. */
export function applyEvent(chat: Chat, answerId: string, event: ChatEvent): Chat {
  return changeMessage(chat, answerId, (message) => {
    switch (event.type) {
      case "text":
        return { ...message, text: message.text + event.delta };
      case "call":
        return { ...message, calls: putCall(message.calls, event.call) };
      case "done":
        // The row on the screen stays the same one, so the id does too.
        return { ...event.message, id: message.id };
      case "error":
        return message;
    }
  });
}

/** Whether a finished call may have changed the todos. */
export function changesTodos({ name, ok }: ToolCall): boolean {
  return ok === true && name !== "list" && name !== "search";
}

/** A call comes at its start and again with its result. */
function putCall(calls: ToolCall[], call: ToolCall): ToolCall[] {
  const known = calls.some(({ id }) => id === call.id);
  return known ? calls.map((item) => (item.id === call.id ? call : item)) : [...calls, call];
}

function changeMessage(chat: Chat, id: string, change: (message: ChatMessage) => ChatMessage): Chat {
  return {
    ...chat,
    messages: chat.messages.map((message) => (message.id === id ? change(message) : message)),
  };
}
