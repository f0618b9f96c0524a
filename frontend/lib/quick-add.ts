import type { Due, Priority, Repeat } from "@/lib/api/todos";
import { dateOf, findDates, timeOf } from "@/lib/quick-dates";
import { MAX_TAGS } from "@/lib/todo-text";
import { isTag } from "@/lib/todo-view";

/** Reads a todo out of one line, such as `buy milk tomorrow 9am #home !high every week`. */

/** A part of the text, from `start` up to `end`, in UTF-16 code units. */
export type Span = { start: number; end: number };

/** One thing that was understood, and the parts of the text that said it. */
export type Understood =
  | { kind: "due" | "priority" | "repeat"; spans: Span[] }
  | { kind: "tag"; tag: string; spans: Span[] };

export type QuickAdd = {
  title: string;
  due: Due | null;
  priority: Priority;
  tags: string[];
  repeat: Repeat | null;
  /** In the order of the text. */
  understood: Understood[];
};

export type QuickAddContext = {
  now: Date;
  /** The IANA name of the zone that the dates are meant in; the one that `now` is local in. */
  zone: string;
};

const PRIORITIES: readonly string[] = ["low", "normal", "high"] satisfies Priority[];
const REPEATS: Record<string, Repeat> = {
  day: "daily",
  weekday: "weekdays",
  week: "weekly",
  month: "monthly",
};
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** Stands in for what must not be read again; no word contains it. */
const MASK = "\u0000";

/**
 * What a text means. A word behind a backslash and what stands in quotes stays text, and so does everything
 * when there would be no title otherwise. When two dates or priorities are given, the last one counts.
 */
export function parseQuickAdd(text: string, { now, zone }: QuickAddContext): QuickAdd {
  const reader = new Reader(text);
  const repeat = readRepeat(reader);
  const priority = readPriority(reader);
  const tags = readTags(reader);
  const dates = readDates(reader, now);
  const understood: Understood[] = [...tags];
  if (priority) understood.push({ kind: "priority", spans: [priority.span] });
  if (repeat) understood.push({ kind: "repeat", spans: [repeat.span] });
  if (dates) understood.push({ kind: "due", spans: dates.spans });

  const title = titleWithout(text, understood);
  if (title === "") return plain(text);
  understood.sort((a, b) => firstStart(a) - firstStart(b));
  return {
    title,
    due: startOf(dates, repeat, now, zone),
    priority: priority?.value ?? "normal",
    tags: tags.map(({ tag }) => tag),
    repeat: repeat?.value ?? null,
    understood,
  };
}

/** The text with a backslash before every word of something that was understood, so that it stays text. */
export function keepAsText(text: string, { spans }: Understood): string {
  return spans
    .toSorted((a, b) => b.start - a.start)
    .reduce((result, { start, end }) => {
      const words = result.slice(start, end).replace(/(?<=^|\s)(?=[\p{L}\p{N}#!])/gu, "\\");
      return result.slice(0, start) + words + result.slice(end);
    }, text);
}

/** A text whose parts are read once: what is taken, quoted or behind a backslash is hidden from later readers. */
class Reader {
  text: string;

  constructor(text: string) {
    this.text = text;
    for (const match of text.matchAll(/"[^"]*"|“[^”]*”|(?<=^|\s)\\\S+/g)) {
      this.hide({ start: match.index, end: match.index + match[0].length });
    }
  }

  hide({ start, end }: Span): void {
    this.text = this.text.slice(0, start) + MASK.repeat(end - start) + this.text.slice(end);
  }

  /** Every place where whole words match; a comma or full stop behind them belongs to them. */
  words(pattern: string): { span: Span; groups: (string | undefined)[] }[] {
    const whole = new RegExp(`(?<=^|\\s)${pattern}[,;.]?(?=\\s|$)`, "giu");
    return [...this.text.matchAll(whole)].map((match) => ({
      span: { start: match.index, end: match.index + match[0].length },
      groups: match.slice(1),
    }));
  }
}

type RepeatRule = { value: Repeat; span: Span; weekday: number | null };

function readRepeat(reader: Reader): RepeatRule | undefined {
  const weekday = "(?:sun|mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?)(?:day)?";
  const found = reader.words(`every\\s+(day|weekday|week|month|${weekday})`).at(-1);
  if (!found) return undefined;
  reader.hide(found.span);
  const unit = found.groups[0]?.toLowerCase() ?? "";
  const value = REPEATS[unit] ?? "weekly";
  const day = WEEKDAYS.indexOf(unit.slice(0, 3));
  return { value, span: found.span, weekday: unit in REPEATS || day < 0 ? null : day };
}

function readPriority(reader: Reader): { value: Priority; span: Span } | undefined {
  const found = reader.words(`!(${PRIORITIES.join("|")})`).at(-1);
  if (!found) return undefined;
  reader.hide(found.span);
  return { value: found.groups[0]?.toLowerCase() as Priority, span: found.span };
}

function readTags(reader: Reader): Extract<Understood, { kind: "tag" }>[] {
  const tags = new Map<string, Span[]>();
  for (const { span, groups } of reader.words("#([\\p{L}\\p{M}\\p{N}_-]+)")) {
    const tag = groups[0]?.toLowerCase().normalize("NFC") ?? "";
    // `#12` is rather the number of something.
    if (!isTag(tag) || !/\p{L}/u.test(tag) || (tags.size === MAX_TAGS && !tags.has(tag))) continue;
    tags.set(tag, [...(tags.get(tag) ?? []), span]);
    reader.hide(span);
  }
  return [...tags].map(([tag, spans]) => ({ kind: "tag", tag, spans }));
}

type DueParts = { date: string | null; time: string | null; spans: Span[] };

/** The last date, and the last time of day unless the date has its own. */
function readDates(reader: Reader, now: Date): DueParts | undefined {
  const found = findDates(reader.text, now);
  const date = found.findLast((item) => item.date !== null);
  const time = date?.time ? date : found.findLast((item) => item.date === null);
  const parts = [...new Set([date, time])].filter((item) => item !== undefined);
  if (parts.length === 0) return undefined;
  return {
    date: date?.date ?? null,
    time: time?.time ?? null,
    spans: parts.map(({ start, end }) => ({ start, end })),
  };
}

/** When it is due: on its date; otherwise the next time that its time of day and its repeat fit. */
function startOf(
  dates: DueParts | undefined,
  repeat: RepeatRule | undefined,
  now: Date,
  zone: string,
): Due | null {
  if (!dates && !repeat) return null;
  const time = dates?.time ?? null;
  if (dates?.date) return { date: dates.date, time, zone };
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate(), 12);
  if (time && time <= timeOf(now)) day.setDate(day.getDate() + 1);
  while (repeat && !fits(repeat, day)) day.setDate(day.getDate() + 1);
  return { date: dateOf(day), time, zone };
}

function fits({ value, weekday }: RepeatRule, day: Date): boolean {
  if (weekday !== null) return day.getDay() === weekday;
  return value !== "weekdays" || (day.getDay() >= 1 && day.getDay() <= 5);
}

function titleWithout(text: string, understood: Understood[]): string {
  const spans = understood.flatMap((item) => item.spans).sort((a, b) => a.start - b.start);
  const pieces = [...spans, { start: text.length, end: text.length }].map(({ start }, index) =>
    text.slice(spans[index - 1]?.end ?? 0, start),
  );
  return pieces
    .map((piece) => unescaped(piece).trim())
    .filter((piece) => piece !== "")
    .join(" ");
}

/** Takes the backslashes away that keep a word text; others, as in a Windows path, are the user's. */
function unescaped(text: string): string {
  return text.replace(/(?<=^|\s)\\(?=[\p{L}\p{N}#!"“])/gu, "");
}

function plain(text: string): QuickAdd {
  const title = unescaped(text).trim();
  return { title, due: null, priority: "normal", tags: [], repeat: null, understood: [] };
}

function firstStart({ spans }: Understood): number {
  return Math.min(...spans.map(({ start }) => start));
}
