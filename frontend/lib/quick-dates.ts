import { casual, GB } from "chrono-node/en";

type ParsedResult = ReturnType<typeof casual.parse>[number];

/** A date or a time of day (or both) that stands in a text from `start` up to `end`. Dates are ISO 8601, times HH:MM. */
export type FoundDate = { start: number; end: number; date: string | null; time: string | null };

/** Written before a date, these only say that it is one, and go with it. */
const LEAD = /(?<=^|\s)(?:at|on|by|due|until|till)\s+$/i;

/** Written before a date, these say something else than that it is due then. */
const OTHER_SENSE = /(?<=^|\s)(?:before|after|since|from|than|of|every|last|past)\s+$/i;

/** A span of time is when something is due only in these words: "in 2 days", but not "for 2 days". */
const FROM_NOW = /^(?:in|within|after|next|this|coming|the day)\b|\b(?:later|from now)$/i;

/** Looks like a date or time, and is more often something else: sun cream, sat nav, 1/2 cup, 6 a day, now. */
const MISLEADING = /^(?:sun|sat|now|last\b.*|past\b.*|\d{1,2}\/\d{1,2}|.*\d\s[ap])$/i;

/**
 * Finds the dates and times of day that mean when something is due. What is past, a range or half of a word
 * is left alone. Hours from 1 to 6 without am or pm are in the afternoon.
 */
export function findDates(text: string, now: Date): FoundDate[] {
  const parser = monthComesFirst() ? casual : GB;
  return parser
    .parse(text, { instant: now }, { forwardDate: true })
    .map((result) => read(result, text, now))
    .filter((found) => found !== undefined);
}

function read(result: ParsedResult, text: string, now: Date): FoundDate | undefined {
  const { start: parts, index } = result;
  const before = text.slice(0, index);
  const after = /^[,;.]?(?=\s|$)/.exec(text.slice(index + result.text.length));
  if (result.end || !after || !/(?:^|\s)$/.test(before)) return undefined;
  if (MISLEADING.test(result.text) || OTHER_SENSE.test(before)) return undefined;
  const tags = result.tags();
  const relative = tags.has("result/relativeDate");
  if (relative && !FROM_NOW.test(result.text)) return undefined;

  const lead = LEAD.exec(before)?.[0] ?? "";
  const span = { start: index - lead.length, end: index + result.text.length + after[0].length };
  const said = (part: "day" | "weekday" | "hour" | "timezoneOffset") => parts.isCertain(part);
  // A part of a day, as in "tomorrow morning" or "tonight", has no hour of its own, but it says one.
  const partOfDay = [...tags].some((tag) =>
    /^casualReference\/(?:morning|afternoon|evening|night|tonight)$/.test(tag),
  );
  const hasDate = said("day") || said("weekday") || relative;
  const hasTime = said("hour") || (partOfDay && hasDate);
  if (!hasDate) {
    const clear = said("hour") && (/\d/.test(result.text) || lead.trim().toLowerCase() === "at");
    return clear ? { ...span, date: null, time: hourOf(result) } : undefined;
  }
  const day = said("timezoneOffset") ? dateOf(parts.date()) : isoDate(result);
  return day < dateOf(now) ? undefined : { ...span, date: day, time: hasTime ? hourOf(result) : null };
}

function isoDate({ start }: ParsedResult): string {
  return dateOf(new Date(start.get("year") ?? 0, (start.get("month") ?? 1) - 1, start.get("day") ?? 1, 12));
}

function hourOf({ start, text }: ParsedResult): string {
  if (start.isCertain("timezoneOffset")) return timeOf(start.date());
  const hour = start.get("hour") ?? 0;
  const unclear = !start.isCertain("meridiem") && /(?<![\d:.])[1-6]$/.test(text);
  return timeOf(new Date(2000, 0, 1, unclear ? hour + 12 : hour, start.get("minute") ?? 0));
}

/** Whether 2/1/2027 is in February, by the browser's language. */
function monthComesFirst(): boolean {
  const parts = new Intl.DateTimeFormat(undefined, { dateStyle: "short" }).formatToParts(new Date(0));
  return parts.findIndex(({ type }) => type === "month") < parts.findIndex(({ type }) => type === "day");
}

/** The local date of a moment, as ISO 8601. */
export function dateOf(moment: Date): string {
  const year = String(moment.getFullYear()).padStart(4, "0");
  return `${year}-${twoDigits(moment.getMonth() + 1)}-${twoDigits(moment.getDate())}`;
}

/** The local time of day of a moment, as HH:MM. */
export function timeOf(moment: Date): string {
  return `${twoDigits(moment.getHours())}:${twoDigits(moment.getMinutes())}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
