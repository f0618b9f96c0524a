import { expect, it, vi } from "vitest";
import { offerUndo, undoLatest } from "./undo-stack";

it("takes back the latest change first, and each once, however it is asked for", () => {
  const [first, second, third] = [vi.fn(), vi.fn(), vi.fn()];
  offerUndo(first);
  const byToast = offerUndo(second);
  offerUndo(third);

  byToast();
  byToast();
  expect(second).toHaveBeenCalledTimes(1);
  expect(undoLatest()).toBe(true);
  expect(third).toHaveBeenCalledTimes(1);
  expect(undoLatest()).toBe(true);
  expect(first).toHaveBeenCalledTimes(1);
  expect(undoLatest()).toBe(false);
  expect(second).toHaveBeenCalledTimes(1);
});
