import type { Due } from "@/lib/api/todos";
import { sameClock } from "@/lib/clock";
import { addDays } from "@/lib/todo-listing";

/**
 * A due date in words, seen from a day: "Today", "Tomorrow 9:00", "Friday", "3 Mar", "3 Mar 2027 18:30".
 * @param today the visitor's day as YYYY-MM-DD
 * @param zone the visitor's time zone: a time that is meant in one with another clock says so
 */
export function dueText(due: Due, today: string, zone: string): string {
  const parts = [dayText(due.date, today)];
  if (due.time) parts.push(due.time.replace(/^0/, ""));
  if (due.time && !sameClock(due.zone, zone, Date.parse(`${due.date}T${due.time}:00Z`)))
    parts.push(`(${zoneName(due.zone)})`);
  return parts.join(" ");
}

function dayText(day: string, today: string): string {
  if (day === today) return "Today";
  if (day === addDays(today, 1)) return "Tomorrow";
  if (day === addDays(today, -1)) return "Yesterday";
  const thisWeek = day > today && day < addDays(today, 7);
  return format(
    day,
    thisWeek
      ? { weekday: "long" }
      : { day: "numeric", month: "short", ...(day.slice(0, 4) !== today.slice(0, 4) && { year: "numeric" }) },
  );
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** A formatter takes long to make and is used by every row of the list, so each is made once. */
function format(day: string, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify(options);
  let formatter = formats.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });
    formats.set(key, formatter);
  }
  return formatter.format(new Date(`${day}T00:00:00Z`));
}

/** The city of a zone's name, as people say it. */
export function zoneName(zone: string): string {
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}
