import type { Todo } from "@/lib/api/todos";
import { isSaved } from "./draft";
import type { Edge } from "./row-drag";
import type { Wish } from "./wish";

type Move = Extract<Wish, { kind: "move" }>;

/** A move, and the index of the list where it puts the todo. */
export type Moved = { wish: Move; index: number };

/** Moves a todo some places down in the list as it is shown, or up when negative; undefined where it stays. */
export function moveBy(items: Todo[], id: string, by: number): Moved | undefined {
  const saved = items.filter(isSaved);
  return moveTo(saved, id, saved.findIndex((todo) => todo.id === id) + by);
}

/** Moves a todo above or below another one; undefined where it stays. */
export function moveBeside(items: Todo[], id: string, beside: string, edge: Edge): Moved | undefined {
  const saved = items.filter(isSaved);
  const others = saved.filter((todo) => todo.id !== id);
  return moveTo(saved, id, others.findIndex((todo) => todo.id === beside) + (edge === "after" ? 1 : 0));
}

/** `index` is where it stands when it has been taken out of its old place. */
function moveTo(items: Todo[], id: string, wanted: number): Moved | undefined {
  const from = items.findIndex((todo) => todo.id === id);
  const before = items[from];
  const others = items.filter((todo) => todo !== before);
  const index = Math.max(0, Math.min(wanted, others.length));
  if (!before || index === from) return undefined;
  const above = others[index - 1];
  const below = others[index];
  if (above) {
    // A key right behind the one above: "!" sorts before everything that keys are made of.
    return {
      index,
      wish: { kind: "move", before, place: { after: above.id }, position: `${above.position}!` },
    };
  }
  return below && { index, wish: { kind: "move", before, place: { before: below.id }, position: "" } };
}
