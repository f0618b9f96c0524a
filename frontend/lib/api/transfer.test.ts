import { expect, it } from "vitest";
import { partsOf } from "./transfer";

const todo = (title: string) =>
  ({ id: title, title, created_at: "2026-01-01T00:00:00Z" }) as Parameters<typeof partsOf>[0][number];

it.each([
  ["none", [], [0]],
  ["few", ["a", "b"], [2]],
  ["more than a part has", ["a", "b", "c", "d"], [3, 1]],
  ["long ones", ["x".repeat(150), "y".repeat(50), "z"], [1, 2]],
  ["one that is too long for itself", ["é".repeat(500), "a"], [1, 1]],
])("cuts %s into parts, each with something in it", (_, titles, sizes) => {
  const parts = partsOf(titles.map(todo), { todos: 3, bytes: 500 });

  expect(parts.map((part) => part.length)).toEqual(sizes);
  expect(parts.flat().map(({ title }) => title)).toEqual(titles);
});
