import { expect, it } from "vitest";
import { waitingTime } from "./waiting-time";

it.each([
  [0, "1 second"],
  [1, "1 second"],
  [29.2, "30 seconds"],
  [90, "90 seconds"],
  [91, "2 minutes"],
  [900, "15 minutes"],
])("says %d seconds so that waiting it is enough", (seconds, text) => {
  expect(waitingTime(seconds)).toBe(text);
});
