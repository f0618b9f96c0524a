import { expect, it } from "vitest";
import { aTodo, dueOn } from "@/tests/support/todo";
import { changesOf, checkDraft, draftOf } from "./todo-draft";

const todo = aTodo({ tags: ["home", "garden"], due: dueOn("2026-03-01", "09:00"), repeat: "weekly" });
const form = draftOf(todo, "Europe/Berlin");

it("finds nothing changed in a form that was not touched", () => {
  expect(changesOf(todo, form)).toEqual({});
  expect(changesOf(aTodo(), draftOf(aTodo(), "Europe/Berlin"))).toEqual({});
});

it("tells only what was changed", () => {
  expect(changesOf(todo, { ...form, title: " Oat milk ", tags: "#Home, garden shed" })).toEqual({
    title: "Oat milk",
    tags: ["home", "garden", "shed"],
  });
  expect(changesOf(todo, { ...form, time: "", priority: "high" })).toEqual({
    due: { date: "2026-03-01", time: null, zone: "UTC" },
    priority: "high",
  });
});

it("means a new due date in the visitor's zone, and clears the repeat with the date", () => {
  const empty = draftOf(aTodo(), "Europe/Berlin");
  expect(changesOf(aTodo(), { ...empty, date: "2026-03-01" })).toEqual({
    due: { date: "2026-03-01", time: null, zone: "Europe/Berlin" },
  });
  expect(changesOf(todo, { ...form, date: "" })).toEqual({ due: null, repeat: null });
});

it.each([
  [{ title: "  " }, "title", /Write what needs doing/],
  [{ description: "x".repeat(1001) }, "description", /at most 1000 characters; this one has 1001/],
  [{ tags: "fine, n@t" }, "tags", /“n@t” is no tag/],
  [{ tags: "a b c d e f g h i j k" }, "tags", /at most 10 tags; these are 11/],
])("refuses %j", (change, field, text) => {
  expect(checkDraft({ ...form, ...change })).toEqual({ field, text: expect.stringMatching(text) });
});
