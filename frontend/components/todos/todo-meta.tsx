"use client";

import clsx from "clsx";
import { CalendarDays, ChevronsDown, Flag, Repeat2 } from "lucide-react";
import type { ReactNode } from "react";
import type { Repeat, Todo } from "@/lib/api/todos";
import { dueText } from "@/lib/due-text";
import { isOverdue } from "@/lib/todo-listing";
import { EVERYTHING, viewHref } from "@/lib/todo-view";
import { useClock } from "./clock";
import { followView } from "./use-todo-view";

/** How often a todo comes back, in words. */
export const REPEAT_TEXT: Record<Repeat, string> = {
  daily: "Every day",
  weekdays: "Every weekday",
  weekly: "Every week",
  monthly: "Every month",
};

/** Whether there is anything to say about a todo below its text. */
export function hasMeta({ due, repeat, priority, tags }: Todo): boolean {
  return due !== null || repeat !== null || priority !== "normal" || tags.length > 0;
}

/** What is known about a todo besides its text: when it is due, how often, how urgent, and its tags. */
export function TodoMeta({ todo }: { todo: Todo }) {
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 pb-2 text-[0.8125rem] leading-5 font-medium text-muted">
      {todo.due && <DueChip todo={todo} due={todo.due} />}
      {todo.repeat && (
        <Fact icon={<Repeat2 aria-hidden="true" className="size-3.5" />}>{REPEAT_TEXT[todo.repeat]}</Fact>
      )}
      {todo.priority === "high" && (
        <Fact icon={<Flag aria-hidden="true" className="size-3.5 fill-current" />} className="text-ink">
          High priority
        </Fact>
      )}
      {todo.priority === "low" && (
        <Fact icon={<ChevronsDown aria-hidden="true" className="size-3.5" />}>Low priority</Fact>
      )}
      {todo.tags.map((tag) => (
        <a
          key={tag}
          href={viewHref({ ...EVERYTHING, tag })}
          onClick={(event) => followView(event, { tag })}
          className="rounded-md py-0.5 hover:text-accent hover:underline"
        >
          <bdi>#{tag}</bdi>
        </a>
      ))}
    </p>
  );
}

function DueChip({ todo, due }: { todo: Todo; due: NonNullable<Todo["due"]> }) {
  const { now, today, zone } = useClock();
  const overdue = isOverdue(todo, now);
  return (
    <Fact
      icon={<CalendarDays aria-hidden="true" className="size-3.5" />}
      className={clsx(overdue && "text-danger")}
    >
      {overdue && <span className="sr-only">Overdue: </span>}
      <time dateTime={due.time ? due.at : due.date}>{dueText(due, today, zone)}</time>
    </Fact>
  );
}

function Fact({ icon, className, children }: { icon: ReactNode; className?: string; children: ReactNode }) {
  return (
    <span className={clsx("inline-flex items-center gap-1.5", className)}>
      {icon}
      <span>{children}</span>
    </span>
  );
}
