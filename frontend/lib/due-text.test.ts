import { expect, it } from "vitest";
import { dueText } from "./due-text";

const today = "2026-11-24";

it.each([
  ["2026-11-24", null, "Today"],
  ["2026-11-24", "09:00", "Today 9:00"],
  ["2026-11-25", "18:30", "Tomorrow 18:30"],
  ["2026-11-23", null, "Yesterday"],
  ["2026-11-27", null, "Friday"],
  ["2026-12-01", null, "1 Dec"],
  ["2026-11-20", null, "20 Nov"],
  ["2027-03-03", "00:05", "3 Mar 2027 0:05"],
])("says %s %s as “%s”", (date, time, expected) => {
  expect(dueText({ date, time, zone: "Europe/Berlin" }, today, "Europe/Berlin")).toBe(expected);
});

it("names the zone of a time that is meant in another one", () => {
  expect(dueText({ date: today, time: "09:00", zone: "America/New_York" }, today, "Europe/Berlin")).toBe(
    "Today 9:00 (New York)",
  );
  expect(dueText({ date: today, time: null, zone: "America/New_York" }, today, "Europe/Berlin")).toBe(
    "Today",
  );
});

it.each([
  ["Asia/Kolkata", "Asia/Calcutta"],
  ["Europe/Kiev", "Europe/Kyiv"],
  ["Asia/Saigon", "Asia/Ho_Chi_Minh"],
  ["America/Buenos_Aires", "America/Argentina/Buenos_Aires"],
  ["US/Eastern", "America/New_York"],
  ["Etc/UTC", "UTC"],
])("does not name a zone that %s is only another name of", (one, other) => {
  expect(dueText({ date: today, time: "09:00", zone: one }, today, other)).toBe("Today 9:00");
  expect(dueText({ date: today, time: "09:00", zone: other }, today, one)).toBe("Today 9:00");
});
