import { expect, it, vi } from "vitest";
import { offerUndo, undo, undoLatest, withdrawUndo } from "./undo-stack";

it("takes back the latest change first, and each once, however it is asked for", () => {
  const [first, second, third, fourth] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
  offerUndo("1", first);
  offerUndo("2", second);
  offerUndo("3", third);
  offerUndo("4", fourth);

  undo("2");
  undo("2");
  expect(second).toHaveBeenCalledTimes(1);
  withdrawUndo("4");
  expect(undoLatest()).toBe(true);
  expect(third).toHaveBeenCalledTimes(1);
  expect(undoLatest()).toBe(true);
  expect(first).toHaveBeenCalledTimes(1);
  expect(undoLatest()).toBe(false);
  expect(second).toHaveBeenCalledTimes(1);
  expect(fourth).not.toHaveBeenCalled();
});
