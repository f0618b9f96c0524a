import { CircleCheck, CircleQuestionMark, CircleX, LoaderCircle } from "lucide-react";
import type { ToolCall } from "@/lib/api/chat";
import { UndoButton } from "./undo-button";

const names: Record<ToolCall["name"], string> = {
  add: "Add a todo",
  list: "Look at the list",
  search: "Search the list",
  update: "Change a todo",
  complete: "Complete",
  delete: "Delete",
  undo: "Undo",
};

/** Calls that only read; the todos that they found are their result. */
const READING = new Set<ToolCall["name"]>(["list", "search"]);
const SHOWN_TODOS = 5;

/** One thing that the assistant did: what was asked of the list, what came of it, and a way to undo it. */
export function ToolCallCard({ call }: { call: ToolCall }) {
  // A call that several todos would suit asks which one is meant, by their numbers.
  const asks = call.ok === false && call.todos.length > 0;
  const found = asks || READING.has(call.name) ? call.todos : [];
  const shown = asks ? found : found.slice(0, SHOWN_TODOS);
  const List = asks ? "ol" : "ul";
  const given = Object.entries(call.arguments)
    .map(([name, value]) => [name.replaceAll("_", " "), argumentText(value)] as const)
    .filter(([, text]) => text !== "");
  return (
    <li className="rounded-2xl border border-line bg-surface px-3.5 py-3 text-sm">
      <div className="flex items-center gap-2.5">
        <CallState state={call.ok === null ? "working" : asks ? "asking" : call.ok ? "done" : "failed"} />
        <p className="min-w-0 flex-1 font-semibold">{names[call.name] ?? call.name}</p>
        {call.ok && call.undo && <UndoButton token={call.undo} summary={call.summary} />}
      </div>
      <div className="pl-7.5">
        {given.length > 0 && (
          <dl className="mt-1 flex flex-wrap gap-x-3 gap-y-0.5 text-muted">
            {given.map(([name, text]) => (
              <div key={name} className="flex min-w-0 gap-1">
                <dt>{name}</dt>
                <dd dir="auto" className="min-w-0 wrap-anywhere text-ink">
                  {text}
                </dd>
              </div>
            ))}
          </dl>
        )}
        {call.ok !== null && call.summary && (
          <p dir="auto" className={`mt-1 wrap-anywhere ${call.ok || asks ? "text-muted" : "text-danger"}`}>
            {call.summary}
          </p>
        )}
        {found.length > 0 && (
          <List className={`mt-1.5 pl-4 marker:text-muted ${asks ? "list-decimal" : "list-disc"}`}>
            {shown.map((todo) => (
              <li key={todo.id} className="wrap-anywhere">
                <bdi>{todo.title}</bdi>
                {todo.completed && <span className="text-muted"> (completed)</span>}
              </li>
            ))}
            {found.length > shown.length && (
              <li className="list-none text-muted">and {found.length - shown.length} more</li>
            )}
          </List>
        )}
      </div>
    </li>
  );
}

const states = {
  working: { said: "Working:", icon: LoaderCircle, look: "animate-spin text-muted" },
  asking: { said: "To be told:", icon: CircleQuestionMark, look: "text-muted" },
  done: { said: "Done:", icon: CircleCheck, look: "text-accent" },
  failed: { said: "Failed:", icon: CircleX, look: "text-danger" },
} as const;

function CallState({ state }: { state: keyof typeof states }) {
  const { said, icon: Icon, look } = states[state];
  return (
    <>
      <Icon aria-hidden="true" className={`size-5 shrink-0 ${look}`} strokeWidth={1.75} />
      <span className="sr-only">{said}</span>
    </>
  );
}

/** An argument in words; nothing for what was not given. */
function argumentText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(argumentText).join(", ");
  if (typeof value === "object" && value !== null) {
    return Object.values(value)
      .filter((part) => part !== null)
      .map(argumentText)
      .join(" ");
  }
  return String(value);
}
