import { expect, it } from "vitest";
import { draftTodo } from "@/components/todos/wish";
import { EVERYTHING, matchesView, parseView, viewHref } from "./todo-view";

it.each([
  [{}, EVERYTHING],
  [
    { status: "pending", q: " milk " },
    { status: "pending", q: "milk" },
  ],
  [{ status: ["completed", "pending"] }, { status: "completed", q: "" }],
  [
    { status: "bogus", q: ["a", "b"] },
    { status: "all", q: "a" },
  ],
])("reads %j", (params, expected) => {
  expect(parseView(params)).toEqual(expected);
});

it.each([
  ["/", EVERYTHING],
  ["/?status=pending", { status: "pending", q: "" }],
  ["/?status=completed&q=a+%26+b", { status: "completed", q: "a & b" }],
] as const)("writes %s and reads it back", (href, view) => {
  expect(viewHref(view)).toBe(href);
  expect(parseView(new URL(href, "http://todo.local").searchParams)).toEqual(view);
});

it("finds text in title and note, whatever its case, within the status", () => {
  const todo = { ...draftTodo("Buy MILK", "2026-01-01T00:00:00Z"), description: "Oat" };
  expect(matchesView(todo, { status: "pending", q: "milk" })).toBe(true);
  expect(matchesView(todo, { status: "all", q: "oat" })).toBe(true);
  expect(matchesView(todo, { status: "completed", q: "milk" })).toBe(false);
  expect(matchesView(todo, { status: "all", q: "soy" })).toBe(false);
});
