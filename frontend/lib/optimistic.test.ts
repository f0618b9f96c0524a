import { expect, it } from "vitest";
import { draftTodo } from "@/components/todos/wish";
import type { Todo, TodoPage } from "@/lib/api/todos";
import { applyChange } from "./optimistic";
import type { TodoView } from "./todo-view";

function todo(id: string, fields: Partial<Todo> = {}): Todo {
  const draft = draftTodo(`Todo ${id}`, "2026-01-01T00:00:00Z");
  return { ...draft, id, version: 1, ...fields };
}

const a = todo("a");
const b = todo("b", { completed: true });
const c = todo("c");
const pages = (): TodoPage[] => [
  { items: [a, b], next_cursor: "x", counts: { total: 3, pending: 2, completed: 1 } },
  { items: [c], next_cursor: null, counts: { total: 3, pending: 2, completed: 1 } },
];
const all: TodoView = { status: "all", q: "" };
const ids = (result: TodoPage[]) =>
  result.map((page) => page.items.map((item) => item.id).join("")).join("|");
const counts = (result: TodoPage[]) => Object.values(result[0]?.counts ?? {}).join(" ");

it("puts a new todo first and counts it", () => {
  const result = applyChange(pages(), { before: null, after: todo("n") }, all);
  expect(ids(result)).toBe("nab|c");
  expect(counts(result)).toBe("4 3 1");
});

it("counts a new todo that the view does not show", () => {
  const result = applyChange(pages(), { before: null, after: todo("n") }, { status: "completed", q: "" });
  expect(ids(result)).toBe("ab|c");
  expect(counts(result)).toBe("4 3 1");
});

it("ignores a new todo that the search does not find", () => {
  const result = applyChange(pages(), { before: null, after: todo("n") }, { status: "all", q: "nothing" });
  expect(counts(result)).toBe("3 2 1");
});

it("changes a todo in its place, on whichever page", () => {
  const result = applyChange(pages(), { before: c, after: { ...c, title: "Changed" } }, all);
  expect(ids(result)).toBe("ab|c");
  expect(result[1]?.items[0]?.title).toBe("Changed");
  expect(counts(result)).toBe("3 2 1");
});

it("moves a todo out of a view that it no longer belongs to", () => {
  const result = applyChange(
    pages(),
    { before: a, after: { ...a, completed: true } },
    { status: "pending", q: "" },
  );
  expect(ids(result)).toBe("b|c");
  expect(counts(result)).toBe("3 1 2");
});

it("does not guess the place of an older todo that moves into a view", () => {
  const old = todo("o", { completed: true });
  const result = applyChange(
    pages(),
    { before: old, after: { ...old, completed: false } },
    { status: "pending", q: "" },
  );
  expect(ids(result)).toBe("ab|c");
  expect(counts(result)).toBe("3 3 0");
});

it("removes a deleted todo", () => {
  const result = applyChange(pages(), { before: b, after: null }, all);
  expect(ids(result)).toBe("a|c");
  expect(counts(result)).toBe("2 2 0");
});

it("counts a change once when it is applied on top of itself", () => {
  const change = { before: a, after: { ...a, completed: true } };
  expect(counts(applyChange(applyChange(pages(), change, all), change, all))).toBe("3 1 2");
});

it("leaves its input as it was", () => {
  const before = pages();
  applyChange(before, { before: a, after: null }, all);
  expect(before).toEqual(pages());
});
