import { expect, it } from "vitest";
import { aTodo, dueOn } from "@/tests/support/todo";
import { draftTodo, isSaved } from "./draft";
import { asChanges, baseVersion, failure, settledChanges, success, type Wish } from "./wish";

const now = "2026-01-01T00:00:00Z";
const milk = aTodo({ id: "1", title: "Milk", version: 3 });
const bread = aTodo({ id: "2", title: "Bread", tags: ["home"] });

const line = { text: "Milk", at: "2026-11-25T15:30:00Z", zone: "UTC", day_first: false };

it("tells drafts from saved todos, and drafts from each other", () => {
  expect(isSaved(draftTodo({ title: "Milk" }, now))).toBe(false);
  expect(isSaved(milk)).toBe(true);
  expect(draftTodo({ title: "Milk" }, now).id).not.toBe(draftTodo({ title: "Milk" }, now).id);
});

it.each<[Wish, ReturnType<typeof asChanges>]>([
  [
    { kind: "update", before: milk, changes: { completed: true } },
    [{ before: milk, after: { ...milk, completed: true } }],
  ],
  [
    { kind: "update", before: milk, changes: { due: { date: "2026-03-01", time: null, zone: "UTC" } } },
    [{ before: milk, after: { ...milk, due: { ...dueOn("2026-03-01"), at: "2026-03-01T23:59:00Z" } } }],
  ],
  [
    { kind: "move", before: milk, place: { after: "2" }, position: "a0!" },
    [{ before: milk, after: { ...milk, position: "a0!" } }],
  ],
  [{ kind: "delete", before: milk }, [{ before: milk, after: null }]],
  [
    { kind: "bulk", before: [milk, bread], action: { action: "tag", tag: "home" } },
    [
      { before: milk, after: { ...milk, tags: ["home"] } },
      { before: bread, after: bread },
    ],
  ],
  [{ kind: "bulk", before: [milk], action: { action: "delete" } }, [{ before: milk, after: null }]],
])("shows the wish %# as done", (wish, changes) => {
  expect(asChanges(wish)).toEqual(changes);
});

it("puts the server's todos in the place of what was guessed, and new ones on top", () => {
  const wish: Wish = { kind: "bulk", before: [milk, bread], action: { action: "complete" } };
  const done = { ...milk, completed: true, version: 4 };
  const next = aTodo({ id: "3", title: "Milk" });
  expect(settledChanges(wish, [done, next])).toEqual([
    { before: milk, after: done },
    { before: bread, after: { ...bread, completed: true } },
    { before: null, after: next },
  ]);
  const draft = draftTodo({ title: "Tea" }, now);
  expect(settledChanges({ kind: "create", draft, line }, [next])).toEqual([{ before: null, after: next }]);
});

it.each([
  ["the newest when what was changed is as the user saw it", { version: 7, completed: true }, 7],
  ["the one that the user saw when the same field has changed", { version: 7, title: "Soy milk" }, 3],
])("sends as version %s", (_, newest, expected) => {
  expect(baseVersion(milk, ["title"], { ...milk, ...newest })).toBe(expected);
});

it("sends the version that the user saw when no other is known", () => {
  expect(baseVersion(milk, ["completed"], undefined)).toBe(3);
});

it.each<[Wish, string, string]>([
  [{ kind: "create", draft: milk, line }, "Added “Milk”", "Could not add “Milk”"],
  [{ kind: "delete", before: milk }, "Deleted “Milk”", "Could not delete “Milk”"],
  [{ kind: "update", before: milk, changes: { title: "Oat" } }, "Saved “Oat”", "Could not save “Milk”"],
  [
    { kind: "update", before: milk, changes: { completed: true } },
    "Completed “Milk”",
    "Could not save “Milk”",
  ],
  [
    { kind: "bulk", before: [milk, bread], action: { action: "tag", tag: "home" } },
    "Tagged 2 todos with #home",
    "Could not tag 2 todos",
  ],
  [
    { kind: "bulk", before: [milk], action: { action: "complete" } },
    "Completed “Milk”",
    "Could not complete “Milk”",
  ],
])("says what became of wish %#", (wish, good, bad) => {
  expect(success(wish)).toBe(good);
  expect(failure(wish)).toBe(bad);
});
