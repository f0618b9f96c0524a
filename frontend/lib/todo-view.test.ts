import { expect, it } from "vitest";
import { EVERYTHING, isTag, parseView, type TodoView, viewHref } from "./todo-view";

it.each<[Parameters<typeof parseView>[0], Partial<TodoView>]>([
  [{}, {}],
  [
    { status: "pending", q: " milk " },
    { status: "pending", q: "milk" },
  ],
  [{ status: ["completed", "pending"] }, { status: "completed" }],
  [
    { priority: "high", tag: "home", due: "week", sort: "due" },
    { priority: "high", tag: "home", due: "week", sort: "due" },
  ],
  [{ status: "bogus", q: ["a", "b"], priority: "", tag: "no tag", due: "someday", sort: "size" }, { q: "a" }],
])("reads %j", (params, expected) => {
  expect(parseView(params)).toEqual({ ...EVERYTHING, ...expected });
});

it.each([
  ["Home", "home"],
  ["HOME", "home"],
  ["hoMe-2", "home-2"],
  ["CAFÉ", "café"],
  ["Cafe\u0301", "café"],
  ["Größe", "größe"],
  ["日本", "日本"],
])("means by ?tag=%s the tag %s, in the form that todos have it", (written, tag) => {
  expect(parseView({ tag: written }).tag).toBe(tag);
});

it.each<[string, Partial<TodoView>]>([
  ["/", {}],
  ["/?status=pending", { status: "pending" }],
  ["/?status=completed&q=a+%26+b", { status: "completed", q: "a & b" }],
  [
    "/?priority=low&tag=caf%C3%A9&due=today&sort=title",
    { priority: "low", tag: "café", due: "today", sort: "title" },
  ],
])("writes %s and reads it back", (href, difference) => {
  const view = { ...EVERYTHING, ...difference };
  expect(viewHref(view)).toBe(href);
  expect(parseView(new URL(href, "http://todo.local").searchParams)).toEqual(view);
});

it.each([
  ["home", true],
  ["2-do_x", true],
  ["日本", true],
  ["", false],
  ["two words", false],
  ["a".repeat(31), false],
])("knows whether “%s” can be a tag", (text, expected) => {
  expect(isTag(text)).toBe(expected);
});
