import { expect, it } from "vitest";
import { aTodo } from "@/tests/support/todo";
import { draftTodo } from "./draft";
import { moveBeside, moveBy } from "./move";

const [a, b, c] = ["a", "b", "c"].map((id, index) => aTodo({ id, title: id, position: `a${index}` }));
const items = [a, b, c].filter((todo) => todo !== undefined);

it.each([
  ["b", -1, 0, { before: "a" }, ""],
  ["b", 1, 2, { after: "c" }, "a2!"],
  ["a", 1, 1, { after: "b" }, "a1!"],
  ["c", Number.NEGATIVE_INFINITY, 0, { before: "a" }, ""],
  ["c", -1, 1, { after: "a" }, "a0!"],
])("moves %s by %s to %s", (id, by, index, place, position) => {
  expect(moveBy(items, id, by)).toMatchObject({
    index,
    wish: { kind: "move", before: { id }, place, position },
  });
});

it.each([
  ["a", "c", "after", 2, { after: "c" }],
  ["a", "c", "before", 1, { after: "b" }],
  ["c", "a", "before", 0, { before: "a" }],
] as const)("drops %s at %s, %s it", (id, beside, edge, index, place) => {
  expect(moveBeside(items, id, beside, edge)).toMatchObject({ index, wish: { place } });
});

it("leaves what stays in its place, and what is not saved yet", () => {
  expect(moveBy(items, "a", -1)).toBeUndefined();
  expect(moveBy(items, "c", 1)).toBeUndefined();
  expect(moveBeside(items, "b", "a", "after")).toBeUndefined();
  const draft = draftTodo({ title: "d" }, "2026-01-01T00:00:00Z");
  expect(moveBy([draft, ...items], "a", -1)).toBeUndefined();
  expect(moveBy([draft, ...items], draft.id, 1)).toBeUndefined();
});
