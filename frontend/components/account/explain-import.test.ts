import { expect, it } from "vitest";
import { ApiError } from "@/lib/api/problem";
import { explainImport } from "./explain-import";

const fault = (field: string) => ({ field, message: "is too long" });

it.each([
  [[fault("todos.3.title")], "Nothing was imported. Todo 4, title: is too long."],
  [[fault("todos.0")], "Nothing was imported. Todo 1: is too long."],
  [[fault("exported_at")], "Nothing was imported. exported_at: is too long."],
  [
    ["a", "b", "c", "d", "e"].map(fault),
    "Nothing was imported. a: is too long. b: is too long. c: is too long. And 2 more.",
  ],
])("says where a file is wrong: %j", (errors, text) => {
  expect(explainImport(new ApiError(422, { errors }))).toBe(text);
});

it("tells a file that is too large from other refusals", () => {
  expect(explainImport(new ApiError(413, {}))).toMatch(/too large/);
  expect(explainImport(new ApiError(503, {}))).toMatch(/server has a problem/);
});
