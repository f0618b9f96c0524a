import { expect, it } from "vitest";
import { asChange, baseVersion, draftTodo, failure, isSaved, success } from "./wish";

const now = "2026-01-01T00:00:00Z";
const saved = { ...draftTodo("Milk", now), id: "1", version: 3 };

it("tells drafts from saved todos, and drafts from each other", () => {
  expect(isSaved(draftTodo("Milk", now))).toBe(false);
  expect(isSaved(saved)).toBe(true);
  expect(draftTodo("Milk", now).id).not.toBe(draftTodo("Milk", now).id);
});

it("shows a wish as done", () => {
  expect(asChange({ kind: "update", before: saved, changes: { completed: true } })).toEqual({
    before: saved,
    after: { ...saved, completed: true },
  });
  expect(asChange({ kind: "delete", before: saved })).toEqual({ before: saved, after: null });
});

it("sends the newest version when what the user changed had not changed meanwhile", () => {
  const newest = { ...saved, version: 7, completed: true };
  expect(baseVersion(saved, { title: "Oat milk" }, newest)).toBe(7);
});

it("sends the version that the user saw when the same field has changed meanwhile", () => {
  const newest = { ...saved, version: 7, title: "Soy milk" };
  expect(baseVersion(saved, { title: "Oat milk" }, newest)).toBe(3);
});

it("sends the version that the user saw when no other is known", () => {
  expect(baseVersion(saved, { completed: true }, undefined)).toBe(3);
});

it.each([
  [{ kind: "create", draft: saved }, "Added “Milk”", "Could not add “Milk”"],
  [{ kind: "delete", before: saved }, "Deleted “Milk”", "Could not delete “Milk”"],
  [{ kind: "update", before: saved, changes: { title: "Oat" } }, "Saved “Oat”", "Could not save “Milk”"],
  [
    { kind: "update", before: saved, changes: { completed: true } },
    "Completed “Milk”",
    "Could not save “Milk”",
  ],
] as const)("says what became of %j", (wish, good, bad) => {
  expect(success(wish)).toBe(good);
  expect(failure(wish)).toBe(bad);
});
