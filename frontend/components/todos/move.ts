import type { Todo } from "@/lib/api/todos";
import { isSaved, type Wish } from "./wish";

/**
 * The wish that moves a todo to another index of the list as it is shown; none when it is there already.
 * @param index where it stands when it has been taken out of its old place
 */
export function moveTo(items: Todo[], id: string, index: number): Wish | undefined {
  const before = items.find((todo) => todo.id === id);
  const others = items.filter((todo) => todo !== before && isSaved(todo));
  const from = before ? items.filter(isSaved).indexOf(before) : -1;
  const to = Math.max(0, Math.min(index, others.length));
  if (!before || from < 0 || to === from) return undefined;
  const above = others[to - 1];
  const below = others[to];
  // A key right behind the one above: "!" sorts before everything that keys are made of.
  if (above) return { kind: "move", before, place: { after: above.id }, position: `${above.position}!` };
  return below && { kind: "move", before, place: { before: below.id }, position: "" };
}

/** The wish that moves a todo some places down, or up when negative. */
export function moveBy(items: Todo[], id: string, by: number): Wish | undefined {
  const saved = items.filter(isSaved);
  const from = saved.findIndex((todo) => todo.id === id);
  return from < 0 ? undefined : moveTo(items, id, from + by);
}
