"use client";

import clsx from "clsx";
import { X } from "lucide-react";
import { Icon } from "@/components/ui/icon";
import { Select } from "@/components/ui/select";
import { useHydrated } from "@/components/ui/use-hydrated";
import type { Priority, TodoPage } from "@/lib/api/todos";
import { isolated } from "@/lib/text";
import {
  type DueRange,
  EVERYTHING,
  isNarrowed,
  type Sort,
  STATUSES,
  type Status,
  type TodoView,
  viewHref,
} from "@/lib/todo-view";
import { TodoSearch } from "./todo-search";
import type { Selection } from "./use-selection";
import { type ChangeView, followView } from "./use-todo-view";

type TodoFiltersProps = {
  view: TodoView;
  counts: TodoPage["counts"] | undefined;
  onChange: ChangeView;
  selection: Pick<Selection, "active" | "start" | "clear">;
};

const STATUS_TEXT: Record<Status, string> = { all: "All", pending: "Pending", completed: "Completed" };

const DUE_OPTIONS: readonly (readonly [DueRange | "", string])[] = [
  ["", "Any date"],
  ["overdue", "Overdue"],
  ["today", "Due today"],
  ["week", "Due in 7 days"],
];

const PRIORITY_OPTIONS: readonly (readonly [Priority | "", string])[] = [
  ["", "Any priority"],
  ["high", "High priority"],
  ["normal", "Normal priority"],
  ["low", "Low priority"],
];

export const SORT_OPTIONS: readonly (readonly [Sort, string])[] = [
  ["manual", "My order"],
  ["created", "Newest first"],
  ["due", "By due date"],
  ["priority", "By priority"],
  ["title", "A to Z"],
];

const PILL = "h-9 rounded-full field-sizing-content max-sm:text-sm";

/** Which todos to show, and in which order. Links and a form, so that they also work before or without scripts. */
export function TodoFilters({ view, counts, onChange, selection }: TodoFiltersProps) {
  const hydrated = useHydrated();
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers know the search role longer than the search element
    <form
      role="search"
      action="/"
      onSubmit={(event) => event.preventDefault()}
      className="mb-4 flex flex-col gap-3"
    >
      {view.status !== "all" && <input type="hidden" name="status" value={view.status} />}
      {view.tag && <input type="hidden" name="tag" value={view.tag} />}
      <div className="flex flex-col gap-3 sm:flex-row sm:items-center sm:justify-between">
        <nav aria-label="Filter" className="flex gap-0.5 rounded-full bg-line/60 p-1">
          {STATUSES.map((status) => (
            <StatusLink
              key={status}
              view={view}
              status={status}
              count={counts?.[status === "all" ? "total" : status]}
            />
          ))}
        </nav>
        <TodoSearch view={view} onChange={onChange} />
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Select
          label="Due"
          labelHidden
          name="due"
          className={PILL}
          value={view.due ?? ""}
          options={DUE_OPTIONS}
          // What is done is not overdue any more.
          onChange={(due) => onChange({ due: due || null, ...(due === "overdue" && { status: "pending" }) })}
        />
        <Select
          label="Priority"
          labelHidden
          name="priority"
          className={PILL}
          value={view.priority ?? ""}
          options={PRIORITY_OPTIONS}
          onChange={(priority) => onChange({ priority: priority || null })}
        />
        {view.tag && (
          <a
            href={viewHref({ ...view, tag: "" })}
            onClick={(event) => followView(event, { tag: "" })}
            aria-label={`Remove the filter #${isolated(view.tag)}`}
            className="inline-flex h-9 max-w-full items-center gap-1.5 rounded-full bg-accent-soft pr-2.5 pl-3.5 text-sm font-semibold"
          >
            <bdi className="truncate">#{view.tag}</bdi>
            <X aria-hidden="true" className="size-4 shrink-0" />
          </a>
        )}
        {isNarrowed(view) && (
          <a
            href={viewHref({ ...EVERYTHING, status: view.status, sort: view.sort })}
            onClick={(event) => followView(event, { ...EVERYTHING, status: view.status, sort: view.sort })}
            className="rounded-full px-2 text-sm font-semibold text-muted hover:text-ink"
          >
            Clear filters
          </a>
        )}
        <div className="flex items-center gap-1 sm:ml-auto">
          <button
            type="button"
            disabled={!hydrated || counts?.total === 0}
            aria-pressed={selection.active}
            onClick={selection.active ? selection.clear : selection.start}
            className="inline-flex h-9 items-center gap-2 rounded-full px-3 text-sm font-semibold text-muted transition-colors hover:text-ink disabled:cursor-default aria-pressed:bg-accent-soft aria-pressed:text-ink"
          >
            <Icon name="checks" className="size-4" />
            Select
          </button>
          <Select
            label="Sort by"
            labelHidden
            name="sort"
            className={PILL}
            value={view.sort}
            options={SORT_OPTIONS}
            onChange={(sort) => onChange({ sort })}
          />
        </div>
        <noscript>
          <button
            type="submit"
            className="h-9 rounded-full bg-accent px-4 text-sm font-semibold text-on-accent"
          >
            Apply
          </button>
        </noscript>
      </div>
    </form>
  );
}

type StatusLinkProps = { view: TodoView; status: Status; count: number | undefined };

function StatusLink({ view, status, count }: StatusLinkProps) {
  const current = view.status === status;
  return (
    <a
      href={viewHref({ ...view, status })}
      onClick={(event) => followView(event, { status })}
      aria-current={current ? "page" : undefined}
      className={clsx(
        "flex min-h-9 flex-1 items-center justify-center gap-1.5 rounded-full px-3.5 text-sm font-semibold whitespace-nowrap transition-colors",
        current ? "bg-selected text-ink shadow-sm" : "text-muted hover:text-ink",
      )}
    >
      {STATUS_TEXT[status]}
      {count !== undefined && (
        <span className={clsx("font-medium tabular-nums", current ? "text-accent" : "text-muted")}>
          {count}
        </span>
      )}
    </a>
  );
}
