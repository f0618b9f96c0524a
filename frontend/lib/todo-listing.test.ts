import { expect, it } from "vitest";
import type { Listing, Todo } from "@/lib/api/todos";
import { aTodo, dueOn } from "@/tests/support/todo";
import { addDays, compareTodos, matchesListing, toListing } from "./todo-listing";
import { EVERYTHING } from "./todo-view";

const today = "2026-02-27";

it.each<[Partial<Parameters<typeof toListing>[0]>, Listing]>([
  [{}, {}],
  [
    { status: "pending", q: "milk", priority: "high", tag: "home", sort: "due" },
    { status: "pending", q: "milk", priority: "high", tag: "home", sort: "due" },
  ],
  [{ due: "overdue" }, { due_to: "2026-02-26" }],
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
