"use client";

import { type KeyboardEvent, type RefObject, useMemo, useRef } from "react";
import { useCommands } from "@/components/commands/use-commands";
import { type Command, commandFor } from "@/lib/commands";
import { isComposing } from "@/lib/composing";

export type ListKeysProps = {
  list: RefObject<HTMLElement | null>;
  /** How many rows there are, those out of sight too. */
  count: number;
  /** Moves the todo in a row some places down, or up when negative; absent where the order is not the user's. */
  onMove?: (index: number, by: number) => void;
  /** Selects the todo in a row, or takes it out. */
  onSelect: (index: number) => void;
};

/** The controls of a row that keys press, by their data-does attribute. */
type Control = "complete" | "edit" | "delete";

/** What keeps its own keys. */
const FIELDS = "input:not([type=checkbox]), textarea, select, form *";

/**
 * The keys that work while the focus is in the list: they move it from row to row, and press the controls
 * of the row that has it. Fields keep their keys, and other buttons of a row keep Enter and Space.
 * @returns the list's onKeyDown
 */
export function useListKeys({ list, count, onMove, onSelect }: ListKeysProps) {
  const row = useRef<HTMLElement>(null);

  const commands = useMemo<Command[]>(() => {
    const index = () => Number(row.current?.dataset.index);
    const go = (to: () => number) => () => focusRow(list, Math.max(0, Math.min(count - 1, to())));
    const press = (control: Control) => () => controlOf(row.current, control)?.click();
    const command = (title: string, keys: string[], run: () => void): Command => ({
      id: `list.${keys[0]}`,
      title,
      group: "Todos",
      scope: "list",
      hidden: true,
      keys,
      run,
    });
    return [
      command(
        "Next todo",
        ["j", "ArrowDown"],
        go(() => index() + 1),
      ),
      command(
        "Previous todo",
        ["k", "ArrowUp"],
        go(() => index() - 1),
      ),
      command(
        "First todo",
        ["Home"],
        go(() => 0),
      ),
      command(
        "Last todo",
        ["End"],
        go(() => count - 1),
      ),
      // While several are selected there is nothing to complete in a row, and its text selects it.
      command("Complete, or open again", [" "], () =>
        (controlOf(row.current, "complete") ?? controlOf(row.current, "edit"))?.click(),
      ),
      command("Select", ["x"], () => onSelect(index())),
      command("Edit", ["e", "Enter"], press("edit")),
      command("Delete", ["Delete", "Backspace"], press("delete")),
      ...(onMove
        ? [
            command("Move up", ["Alt+ArrowUp"], () => onMove(index(), -1)),
            command("Move down", ["Alt+ArrowDown"], () => onMove(index(), 1)),
          ]
        : []),
      {
        id: "list.enter",
        title: "Go to the list",
        group: "View",
        keys: ["j"],
        run: () => focusRow(list, 0),
      },
    ];
  }, [list, count, onMove, onSelect]);
  useCommands(commands);

  return (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    row.current = target.closest<HTMLElement>("[data-index]");
    if (
      !row.current ||
      event.defaultPrevented ||
      isComposing(event.nativeEvent) ||
      event.shiftKey ||
      target.matches(FIELDS)
    )
      return;
    const presses = event.key === "Enter" || event.key === " ";
    if (presses && !target.matches("[data-does=edit], [data-does=complete]")) return;
    const command = commandFor(event.nativeEvent, "list");
    if (!command) return;
    event.preventDefault();
    // Held down, a key moves on; it does not do the same to row after row.
    if (!event.repeat || /j|k|Arrow/.test(event.key)) command.run();
  };
}

function controlOf(row: HTMLElement | null, control: Control): HTMLElement | null {
  return row?.querySelector<HTMLElement>(`[data-does=${control}]`) ?? null;
}

/** How many frames a row that is out of sight may take to appear. */
const PATIENCE = 30;

/** Moves the focus to a row. One that is not in the page, because it is far out of sight, is scrolled to first. */
export function focusRow(list: RefObject<HTMLElement | null>, index: number, patience = PATIENCE): void {
  const row = list.current?.querySelector<HTMLElement>(`[data-index="${index}"]`) ?? null;
  const control = controlOf(row, "edit");
  control?.focus();
  if (control || patience === 0 || !list.current) return;
  if (!row) list.current.scrollIntoView({ block: index === 0 ? "start" : "end" });
  requestAnimationFrame(() => focusRow(list, index, patience - 1));
}
