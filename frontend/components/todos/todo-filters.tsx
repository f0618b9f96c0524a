"use client";

import clsx from "clsx";
import type { MouseEvent } from "react";
import type { TodoPage } from "@/lib/api/todos";
import { STATUSES, type Status, type TodoView, viewHref } from "@/lib/todo-view";
import { TodoSearch } from "./todo-search";
import type { ChangeView } from "./use-todo-view";

type TodoFiltersProps = {
  view: TodoView;
  counts: TodoPage["counts"] | undefined;
  onChange: ChangeView;
};

const labels: Record<Status, string> = { all: "All", pending: "Pending", completed: "Completed" };

/** Which todos to show. Links and a form, so that they also work before or without scripts. */
export function TodoFilters({ view, counts, onChange }: TodoFiltersProps) {
  return (
    <div className="mb-4 flex flex-col gap-3 sm:flex-row sm:items-center sm:justify-between">
      <nav aria-label="Filter" className="flex gap-0.5 rounded-full bg-line/60 p-1">
        {STATUSES.map((status) => (
          <FilterLink
            key={status}
            status={status}
            count={counts?.[status === "all" ? "total" : status]}
            current={view.status === status}
            href={viewHref({ ...view, status })}
            onFollow={() => onChange({ status })}
          />
        ))}
      </nav>
      <TodoSearch view={view} onChange={onChange} />
    </div>
  );
}

type FilterLinkProps = {
  status: Status;
  count: number | undefined;
  current: boolean;
  href: string;
  onFollow: () => void;
};

function FilterLink({ status, count, current, href, onFollow }: FilterLinkProps) {
  function follow(event: MouseEvent) {
    // A new tab or window is the browser's business.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    onFollow();
  }
  return (
    <a
      href={href}
      onClick={follow}
      aria-current={current ? "page" : undefined}
      className={clsx(
        "flex min-h-9 flex-1 items-center justify-center gap-1.5 rounded-full px-3.5 text-sm font-semibold whitespace-nowrap transition-colors",
        current ? "bg-selected text-ink shadow-sm" : "text-muted hover:text-ink",
      )}
    >
      {labels[status]}
      {count !== undefined && (
        <span className={clsx("font-medium tabular-nums", current ? "text-accent" : "text-muted")}>
          {count}
        </span>
      )}
    </a>
  );
}
