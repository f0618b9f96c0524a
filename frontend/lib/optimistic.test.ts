import { expect, it } from "vitest";
import type { Todo, TodoPage } from "@/lib/api/todos";
import { aTodo, dueOn } from "@/tests/support/todo";
import { applyChange } from "./optimistic";

const a = aTodo({ id: "a", title: "Todo a", position: "a1" });
const b = aTodo({ id: "b", title: "Todo b", position: "a2", completed: true });
const c = aTodo({ id: "c", title: "Todo c", position: "a3" });
const draft = aTodo({ id: "n", title: "Todo n", position: "", version: 0 });
const pages = (next: string | null = null): TodoPage[] => [
  { items: [a, b], next_cursor: "x", counts: { total: 3, pending: 2, completed: 1 } },
  { items: [c], next_cursor: next, counts: { total: 3, pending: 2, completed: 1 } },
];
const ids = (result: TodoPage[]) =>
  result.map((page) => page.items.map((item) => item.id).join("")).join("|");
const counts = (result: TodoPage[]) => Object.values(result[0]?.counts ?? {}).join(" ");

it("puts a new todo first and counts it", () => {
  const result = applyChange(pages(), { before: null, after: draft }, {});
  expect(ids(result)).toBe("nab|c");
  expect(counts(result)).toBe("4 3 1");
});

it("counts a new todo that the view does not show", () => {
  const result = applyChange(pages(), { before: null, after: draft }, { status: "completed" });
  expect(ids(result)).toBe("ab|c");
  expect(counts(result)).toBe("4 3 1");
});

it("ignores a new todo that the search does not find", () => {
  const result = applyChange(pages(), { before: null, after: draft }, { q: "nothing" });
  expect(counts(result)).toBe("3 2 1");
});

it("changes a todo in its place, on whichever page", () => {
  const result = applyChange(pages(), { before: c, after: { ...c, title: "Changed" } }, {});
  expect(ids(result)).toBe("ab|c");
  expect(result[1]?.items[0]?.title).toBe("Changed");
  expect(counts(result)).toBe("3 2 1");
});

it("moves a todo out of a view that it no longer belongs to", () => {
  const result = applyChange(pages(), { before: a, after: { ...a, completed: true } }, { status: "pending" });
  expect(ids(result)).toBe("b|c");
  expect(counts(result)).toBe("3 1 2");
});

it.each<[string, Partial<Todo>, string]>([
  ["to the top", { position: "" }, "cab|"],
  ["between two", { position: "a1!" }, "ac|b"],
  ["nowhere else when its key stays", { title: "Renamed" }, "ab|c"],
])("moves a todo in the manual order %s", (_, fields, expected) => {
  const result = applyChange(pages(), { before: c, after: { ...c, ...fields } }, {});
  expect(ids(result).replace("|", "")).toBe(expected.replace("|", ""));
});

it("moves a todo that is due earlier up in the order of due dates", () => {
  const due = { ...c, due: dueOn("2026-03-01") };
  expect(ids(applyChange(pages(), { before: c, after: due }, { sort: "due" }))).toBe("cab|");
});

it("puts a todo that comes into view where the order wants it", () => {
  const old = aTodo({ id: "o", position: "a2!", completed: true });
  const result = applyChange(
    pages(),
    { before: old, after: { ...old, completed: false } },
    { status: "pending" },
  );
  expect(ids(result).replace("|", "")).toBe("aboc");
});

it("leaves out a todo whose place is behind what was loaded", () => {
  const last = aTodo({ id: "z", position: "b" });
  expect(ids(applyChange(pages("more"), { before: null, after: last }, {}))).toBe("ab|c");
  expect(ids(applyChange(pages(), { before: null, after: last }, {}))).toBe("ab|cz");
});

it("removes a deleted todo", () => {
  const result = applyChange(pages(), { before: b, after: null }, {});
  expect(ids(result)).toBe("a|c");
  expect(counts(result)).toBe("2 2 0");
});

it("counts a change once when it is applied on top of itself", () => {
  const change = { before: a, after: { ...a, completed: true } };
  expect(counts(applyChange(applyChange(pages(), change, {}), change, {}))).toBe("3 1 2");
});

it("leaves its input as it was", () => {
  const before = pages();
  applyChange(before, { before: a, after: null }, {});
  expect(before).toEqual(pages());
});
