"use client";

import clsx from "clsx";
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
  const { due, repeat, priority, tags } = todo;
  return (
    <p className="facts">
      {due && <DueFact todo={todo} due={due} />}
      {repeat && <span className="fact fact-repeat">{REPEAT_TEXT[repeat]}</span>}
      {priority === "high" && <span className="fact fact-high">High priority</span>}
      {priority === "low" && <span className="fact fact-low">Low priority</span>}
      {tags.map((tag) => (
        <a
          key={tag}
          href={viewHref({ ...EVERYTHING, tag })}
          onClick={(event) => followView(event, { tag })}
          className="fact-tag"
        >
          <bdi>#{tag}</bdi>
        </a>
      ))}
    </p>
  );
}

function DueFact({ todo, due }: { todo: Todo; due: NonNullable<Todo["due"]> }) {
  const { now, today, zone } = useClock();
  const overdue = isOverdue(todo, now);
  return (
    <span className={clsx("fact fact-due", overdue && "text-danger")}>
      {overdue && <span className="sr-only">Overdue: </span>}
      <time dateTime={due.time ? due.at : due.date}>{dueText(due, today, zone)}</time>
    </span>
  );
}
