"use client";

import { useMemo } from "react";
import { openAssistant } from "@/components/assistant/assistant-button";
import { openOverlay } from "@/components/open-overlay";
import { SORT_OPTIONS } from "@/components/todos/todo-filters";
import type { ChangeView } from "@/components/todos/use-todo-view";
import { notify } from "@/components/ui/toast";
import { type Command, UNDO_KEY } from "@/lib/commands";
import { EVERYTHING, STATUSES, type Status, type TodoView } from "@/lib/todo-view";
import { undoLatest } from "@/lib/undo-stack";
import { useCommands } from "./use-commands";
import { usePageKeys } from "./use-page-keys";

/** Opens and, from within, closes the palette. */
export const PALETTE_ID = "help.palette";

const STATUS_TITLES: Record<Status, string> = {
  all: "Show all todos",
  pending: "Show pending todos",
  completed: "Show completed todos",
};

const NARROWED: readonly (readonly [string, string, Partial<TodoView>])[] = [
  ["overdue", "Show what is overdue", { due: "overdue", status: "pending" }],
  ["today", "Show what is due today", { due: "today" }],
  ["week", "Show what is due in 7 days", { due: "week" }],
  ["high", "Show what has a high priority", { priority: "high" }],
];

/** Offers what the page itself can do, and has the keys of all commands work. */
export function usePageCommands(changeView: ChangeView): void {
  usePageKeys();
  useCommands(useMemo(() => pageCommands(changeView), [changeView]));
}

function pageCommands(changeView: ChangeView): Command[] {
  return [
    {
      id: "todo.add",
      title: "Add a todo",
      group: "Todos",
      keys: ["n"],
      keywords: "new create",
      run: focus("new-todo"),
    },
    {
      id: "todo.undo",
      title: "Undo the latest change",
      group: "Todos",
      keys: [UNDO_KEY],
      keywords: "take back revert",
      run: () => {
        if (!undoLatest()) notify({ title: "Nothing to undo" });
      },
    },
    {
      id: "view.search",
      title: "Search",
      group: "View",
      keys: ["/"],
      keywords: "find",
      run: focus("search"),
    },
    ...STATUSES.map(
      (status): Command => ({
        id: `view.${status}`,
        title: STATUS_TITLES[status],
        group: "View",
        keywords: "filter done open",
        run: () => changeView({ status }),
      }),
    ),
    ...NARROWED.map(
      ([id, title, change]): Command => ({
        id: `view.${id}`,
        title,
        group: "View",
        keywords: "filter",
        run: () => changeView(change),
      }),
    ),
    ...SORT_OPTIONS.map(
      ([sort, text]): Command => ({
        id: `view.sort.${sort}`,
        title: `Sort: ${text}`,
        group: "View",
        keywords: "order",
        run: () => changeView({ sort }),
      }),
    ),
    {
      id: "view.reset",
      title: "Clear search and filters",
      group: "View",
      run: () => changeView(EVERYTHING),
    },
    {
      id: "assistant.open",
      title: "Ask the assistant",
      group: "Assistant",
      keys: ["a"],
      keywords: "chat AI help",
      run: openAssistant,
    },
    {
      id: PALETTE_ID,
      title: "Commands",
      group: "Help",
      keys: ["Mod+k"],
      hidden: true,
      run: () => openOverlay("palette"),
    },
    {
      id: "help.keys",
      title: "Keys and quick add",
      group: "Help",
      keys: ["?"],
      keywords: "help shortcuts keyboard",
      run: () => openOverlay("help"),
    },
  ];
}

/** Moves the focus to a field, with its text selected. */
function focus(id: string): () => void {
  return () => {
    const field = document.getElementById(id);
    field?.focus();
    if (field instanceof HTMLInputElement) field.select();
  };
}
