"use client";

import { CalendarClock, Flag, type LucideIcon, Repeat2, Tag, X } from "lucide-react";
import { useEffect } from "react";
import { announce } from "@/components/ui/live-region";
import type { Reading, Understood } from "@/lib/api/todos";
import { dueText } from "@/lib/due-text";
import { type Clock, useClock } from "./clock";
import { REPEAT_TEXT } from "./todo-meta";

type QuickAddPreviewProps = {
  reading: Reading;
  /** Whether it is of an earlier text than the one in the field. */
  stale: boolean;
  /** Called with the text in which something is text after all. */
  onKeep: (text: string) => void;
};

/** How long typing must rest before a screen reader says what was understood, in milliseconds. */
const REST_MS = 900;

const ICONS: Record<Understood["kind"], LucideIcon> = {
  due: CalendarClock,
  priority: Flag,
  repeat: Repeat2,
  tag: Tag,
};

/** What was understood of a new todo, each as a button that makes it text again. */
export function QuickAddPreview({ reading, stale, onKeep }: QuickAddPreviewProps) {
  const clock = useClock();
  const items = reading.understood.map((item) => ({ item, label: describe(item, reading, clock) }));
  const summary = items.map(({ label }) => label).join(", ");

  useEffect(() => {
    if (!summary) return;
    const timer = setTimeout(announce, REST_MS, `Understood: ${summary}`);
    return () => clearTimeout(timer);
  }, [summary]);

  if (items.length === 0) return null;
  return (
    <ul aria-label="Understood" className="mt-2.5 flex flex-wrap gap-1.5 px-1">
      {items.map(({ item, label }) => {
        const Icon = ICONS[item.kind];
        return (
          <li key={`${item.kind} ${label}`} className="max-w-full">
            <button
              type="button"
              aria-disabled={stale || undefined}
              onClick={() => stale || onKeep(item.kept)}
              aria-label={`${label}: keep “${item.words}” as text`}
              title="Keep as text"
              className="group flex min-h-8 max-w-full items-center gap-1.5 rounded-full bg-accent-soft py-1 pr-2 pl-3 text-left text-sm font-medium text-ink"
            >
              <Icon aria-hidden="true" className="size-3.5 shrink-0 text-accent" />
              <span className="min-w-0 wrap-anywhere">{label}</span>
              <X aria-hidden="true" className="size-3.5 shrink-0 text-muted group-hover:text-ink" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}

const PRIORITIES = { high: "High priority", normal: "Normal priority", low: "Low priority" };

function describe(item: Understood, reading: Reading, { today, zone }: Clock): string {
  const due = reading.due ? dueText(reading.due, today, zone) : "";
  switch (item.kind) {
    case "due":
      return due;
    case "priority":
      return PRIORITIES[reading.priority];
    case "tag":
      return `#${item.tag}`;
    case "repeat": {
      const repeat = reading.repeat ? REPEAT_TEXT[reading.repeat] : "";
      const dated = reading.understood.some(({ kind }) => kind === "due");
      return dated ? repeat : `${repeat} from ${due.replace(/^To/, "to")}`;
    }
  }
}
