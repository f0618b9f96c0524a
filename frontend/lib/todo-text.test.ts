import { expect, it } from "vitest";
import { checkDescription, checkTitle } from "./todo-text";

it("wants a title of 1 to 200 characters", () => {
  expect(checkTitle("")).toMatch(/first/);
  expect(checkTitle("x".repeat(200))).toBeUndefined();
  expect(checkTitle("x".repeat(201))).toBe("A title has at most 200 characters; this one has 201.");
});

it("counts an emoji as one character, as the backend does", () => {
  expect(checkTitle("🌱".repeat(200))).toBeUndefined();
});

it("wants a note of at most 1000 characters", () => {
  expect(checkDescription("")).toBeUndefined();
  expect(checkDescription("x".repeat(1001))).toMatch(/at most 1000/);
});
