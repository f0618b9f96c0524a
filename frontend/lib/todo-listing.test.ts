import { expect, it } from "vitest";
import type { Listing, Todo } from "@/lib/api/todos";
import { aTodo, dueOn } from "@/tests/support/todo";
import { addDays, isOverdue, toListing } from "./todo-listing";
import { compareTodos, matchesListing } from "./todo-match";
import { EVERYTHING } from "./todo-view";

const today = "2026-02-27";

it.each<[Partial<Parameters<typeof toListing>[0]>, Listing]>([
  [{}, {}],
  [
    { status: "pending", q: "milk", priority: "high", tag: "home", sort: "due" },
    { status: "pending", q: "milk", priority: "high", tag: "home", sort: "due" },
  ],
  [{ due: "overdue" }, { overdue: true }],
  [{ due: "today" }, { due_from: today, due_to: today }],
  [{ due: "week" }, { due_from: today, due_to: "2026-03-05" }],
])("asks for %j", (view, expected) => {
  expect(toListing({ ...EVERYTHING, ...view }, today)).toEqual(expected);
});

const todo = aTodo({
  title: "Buy MILK",
  description: "Oat",
  priority: "high",
  tags: ["home"],
  due: dueOn("2026-03-01"),
});

it.each<[Listing, boolean]>([
  [{ status: "pending", q: "milk" }, true],
  [{ q: "oat" }, true],
  [{ q: "soy" }, false],
  [{ status: "completed" }, false],
  [{ priority: "high", tag: "home" }, true],
  [{ priority: "low" }, false],
  [{ tag: "hom" }, false],
  [{ due_from: "2026-03-01", due_to: "2026-03-01" }, true],
  [{ due_from: "2026-03-02" }, false],
  [{ due_to: "2026-02-28" }, false],
])("tells whether a todo is in %j", (listing, expected) => {
  expect(matchesListing(todo, listing)).toBe(expected);
});

it("has nothing without a due date in a range of due dates", () => {
  expect(matchesListing(aTodo(), { due_to: "2099-01-01" })).toBe(false);
});

it.each<[Listing["sort"], Partial<Todo>, Partial<Todo>]>([
  ["manual", { position: "Zz" }, { position: "a0" }],
  ["manual", { position: "a1" }, { position: "a1V" }],
  [
    "manual",
    { position: "", created_at: "2026-02-01T00:00:00Z" },
    { position: "", created_at: "2026-01-01T00:00:00Z" },
  ],
  ["created", { created_at: "2026-02-01T00:00:00Z" }, { created_at: "2026-01-01T00:00:00Z" }],
  ["due", { due: dueOn(today, "09:00") }, { due: dueOn(today) }],
  ["due", { due: dueOn("2099-01-01") }, { due: null }],
  ["priority", { priority: "high" }, { priority: "low" }],
  ["title", { title: "apple" }, { title: "Banana" }],
])("sorts by %s", (sort, first, second) => {
  expect(compareTodos(aTodo(first), aTodo(second), sort)).toBeLessThan(0);
  expect(compareTodos(aTodo(second), aTodo(first), sort)).toBeGreaterThan(0);
});

it("counts days over the ends of months", () => {
  expect(addDays("2026-02-28", 1)).toBe("2026-03-01");
  expect(addDays("2026-03-01", -1)).toBe("2026-02-28");
});

it.each<[string, Partial<Todo>, boolean]>([
  ["yesterday", { due: dueOn("2026-02-26") }, true],
  ["today, a minute ago", { due: dueOn(today, "10:29") }, true],
  ["today at 0:01", { due: dueOn(today, "00:01") }, true],
  ["now", { due: dueOn(today, "10:30") }, false],
  ["later today", { due: dueOn(today, "10:31") }, false],
  ["today", { due: dueOn(today) }, false],
  ["yesterday, but done", { due: dueOn("2026-02-26"), completed: true }, false],
  ["never", {}, false],
])("knows whether what was due %s is overdue", (_, fields, expected) => {
  expect(isOverdue(aTodo(fields), Date.parse(`${today}T10:30:00Z`))).toBe(expected);
});

it.each<[Listing["sort"], Partial<Todo>]>([
  ["priority", { priority: "high" }],
  ["due", { due: dueOn(today) }],
  ["due", { due: null }],
  ["title", { title: "Same" }],
  ["created", { created_at: "2026-02-01T00:00:00Z" }],
])("keeps the manual order within the same %s", (sort, same) => {
  const first = aTodo({ ...same, id: "z", position: "a1" });
  const second = aTodo({ ...same, id: "a", position: "a2" });
  expect(compareTodos(first, second, sort)).toBeLessThan(0);
  expect(compareTodos(second, first, sort)).toBeGreaterThan(0);
});
