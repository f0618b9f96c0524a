import { beforeEach, describe, expect, it, vi } from "vitest";
import { keepAsText, parseQuickAdd, type QuickAdd } from "./quick-add";

/** A Wednesday, 10:30 in the visitor's zone. */
const NOW = new Date("2026-11-25T15:30:00Z");
const ZONE = "America/New_York";

beforeEach(() => {
  vi.stubEnv("TZ", ZONE);
});

const parse = (text: string) => parseQuickAdd(text, { now: NOW, zone: ZONE });

/** What was understood, in short. */
function brief({ title, due, priority, tags, repeat }: QuickAdd): string {
  const parts = [
    due && `${due.date}${due.time ? ` ${due.time}` : ""}`,
    priority !== "normal" && `!${priority}`,
    ...tags.map((tag) => `#${tag}`),
    repeat,
  ];
  return [title, ...parts.filter(Boolean)].join(" | ");
}

it("reads everything out of one line", () => {
  expect(parse("buy milk tomorrow 9am #home !high every week")).toEqual({
    title: "buy milk",
    due: { date: "2026-11-26", time: "09:00", zone: ZONE },
    priority: "high",
    tags: ["home"],
    repeat: "weekly",
    understood: [
      { kind: "due", spans: [{ start: 9, end: 21 }] },
      { kind: "tag", tag: "home", spans: [{ start: 22, end: 27 }] },
      { kind: "priority", spans: [{ start: 28, end: 33 }] },
      { kind: "repeat", spans: [{ start: 34, end: 44 }] },
    ],
  });
});

describe("dates", () => {
  it.each([
    ["tomorrow call grandma at 9am", "call grandma | 2026-11-26 09:00"],
    ["report by friday", "report | 2026-11-27"],
    ["report due Friday, with figures", "report with figures | 2026-11-27"],
    ["report monday 14:30.", "report | 2026-11-30 14:30"],
    ["lunch at noon", "lunch | 2026-11-25 12:00"],
    ["call at 9am", "call | 2026-11-26 09:00"],
    ["call at 5", "call | 2026-11-25 17:00"],
    ["call tomorrow at 5:15", "call | 2026-11-26 05:15"],
    ["call tomorrow at 11", "call | 2026-11-26 11:00"],
    ["film tonight", "film | 2026-11-25 22:00"],
    ["call 2026-12-24", "call | 2026-12-24"],
    ["call 24 December 2026 18:00", "call | 2026-12-24 18:00"],
    ["call Jan 5", "call | 2027-01-05"],
    ["call in 3 days", "call | 2026-11-28"],
    ["call in 2 hours", "call | 2026-11-25 12:30"],
    ["call next week", "call | 2026-12-02"],
    ["call tomorrow 3pm UTC", "call | 2026-11-26 10:00"],
    ["prepare friday slides tomorrow", "prepare friday slides | 2026-11-26"],
  ])("understands %j", (text, expected) => {
    expect(brief(parse(text))).toBe(expected);
  });

  it.each([
    "march to the shop",
    "call May",
    "sun cream",
    "sat nav",
    "Friday's report",
    "yesterday's dishes",
    "pick up from yesterday",
    "note of last friday",
    "wait for 2 hours",
    "a second opinion",
    "1/2 cup of sugar",
    "5/6 of the bill",
    "plan the morning routine",
    "midnight snack",
    "finish before monday",
    "open mon to fri",
    "lesson tomorrow 9-10am",
    "apples 6 a day",
    "do it now",
    "version 1.2.3 of 2027",
    "30 feb",
  ])("leaves %j alone", (text) => {
    expect(brief(parse(text))).toBe(text);
  });

  it("are those of the visitor's zone, not of Greenwich", () => {
    const late = new Date("2026-11-26T03:00:00Z");
    expect(parseQuickAdd("call today", { now: late, zone: ZONE }).due?.date).toBe("2026-11-25");
  });
});

describe("repeats", () => {
  it.each([
    ["every day", "water | 2026-11-25 | daily"],
    ["every weekday", "water | 2026-11-25 | weekdays"],
    ["Every Week", "water | 2026-11-25 | weekly"],
    ["every month on January 31", "water | 2027-01-31 | monthly"],
    ["every monday 8am", "water | 2026-11-30 08:00 | weekly"],
    ["every wed", "water | 2026-11-25 | weekly"],
    ["every wednesday 8:00", "water | 2026-12-02 08:00 | weekly"],
    ["every day at 8am", "water | 2026-11-26 08:00 | daily"],
    ["every other day", "water every other day"],
    ["every weekend", "water every weekend"],
  ])("understands water %s", (rule, expected) => {
    expect(brief(parse(`water ${rule}`))).toBe(expected);
  });

  it("on weekdays start on a weekday", () => {
    const saturday = new Date("2026-11-28T15:30:00Z");
    const { due } = parseQuickAdd("water every weekday", { now: saturday, zone: ZONE });
    expect(due?.date).toBe("2026-11-30");
  });
});

describe("tags and priority", () => {
  it.each([
    ["a #Home #home, #work-2", "a | #home | #work-2"],
    ["a #Größe #日本", "a | #größe | #日本"],
    ["fix #12", "fix #12"],
    ["a#b c#", "a#b c#"],
    ["a #b!c", "a #b!c"],
    [`a #${"x".repeat(30)}`, `a | #${"x".repeat(30)}`],
    [`a #${"x".repeat(31)}`, `a #${"x".repeat(31)}`],
    ["a !LOW", "a | !low"],
    ["a !low b !high", "a !low b | !high"],
    ["hurry!high !!high !highest", "hurry!high !!high !highest"],
  ])("understands %j", (text, expected) => {
    expect(brief(parse(text))).toBe(expected);
  });

  it("stop at ten tags", () => {
    const text = Array.from({ length: 11 }, (_, index) => `#t${index}`).join(" ");
    const { tags, title } = parse(`a ${text}`);
    expect(tags).toHaveLength(10);
    expect(title).toBe("a #t10");
  });
});

describe("text that is meant as text", () => {
  it.each([
    ['read "Tomorrow never dies" friday', 'read "Tomorrow never dies" | 2026-11-27'],
    ["read “every day” !high", "read “every day” | !high"],
    ["write \\#home about \\tomorrow", "write #home about tomorrow"],
    ["open C:\\temp and \\\\server", "open C:\\temp and \\\\server"],
    ["it's 5\" wide tomorrow", "it's 5\" wide | 2026-11-26"],
    ["tomorrow 9am", "tomorrow 9am"],
    ["#home !high every day", "#home !high every day"],
    ["\\#home", "#home"],
    ["  spaces   inside  stay #a  ", "spaces   inside  stay | #a"],
  ])("stays: %j", (text, expected) => {
    expect(brief(parse(text))).toBe(expected);
  });
});

const TITLES = ["buy milk", "Call “Tom” back", "größe 🌱 messen", "<b>bold</b> & more"];
const DUES = ["", "tomorrow 9am", "on friday", "2026-12-24 18:00", "at noon"];
const TAGS = [[], ["#home"], ["#Home", "#two_words"]];
const PRIORITIES = ["", "!high", "!LOW"];
const REPEATS = ["", "every day", "every Monday"];

/** Every mixture of the above, each with its parts turned round by one more. */
const MIXTURES = TITLES.flatMap((title) =>
  DUES.flatMap((due) =>
    TAGS.flatMap((tags) =>
      PRIORITIES.flatMap((priority) => REPEATS.map((repeat) => ({ title, due, tags, priority, repeat }))),
    ),
  ),
).map((parts, index) => {
  const words = [parts.title, parts.due, ...parts.tags, parts.priority, parts.repeat].filter(Boolean);
  const turn = index % words.length;
  return { ...parts, text: [...words.slice(turn), ...words.slice(0, turn)].join(" ") };
});

it("understands the parts of every mixture, in any order", () => {
  for (const { text, title, due, tags, priority, repeat } of MIXTURES) {
    const result = parse(text);
    expect(result.title, text).toBe(title);
    expect(result.tags.toSorted(), text).toEqual(tags.map((tag) => tag.slice(1).toLowerCase()));
    expect(result.priority, text).toBe(priority.slice(1).toLowerCase() || "normal");
    expect(result.repeat, text).toBe(repeat === "" ? null : repeat === "every day" ? "daily" : "weekly");
    expect(result.due !== null, text).toBe(due !== "" || repeat !== "");
    expect(result.due?.time ?? null, text).toBe(
      { "tomorrow 9am": "09:00", "2026-12-24 18:00": "18:00", "at noon": "12:00" }[due] ?? null,
    );
  }
});

/** A repeatable stream of texts made of words that mean something, half mean something, or nothing. */
function* soups(count: number): Generator<string> {
  const words =
    'buy tomorrow 9am at \\ \\# #a #b, ! !high !low every week day monday " “ ” “x” in 2 days by İ #İ 🌱 5 - , . friday\'s next 1/2 \\tomorrow "every day" \t the of'.split(
      " ",
    );
  let state = 1;
  const next = (limit: number) => {
    state = (state * 48271) % 2147483647;
    return state % limit;
  };
  for (let made = 0; made < count; made += 1) {
    yield Array.from({ length: next(9) + 1 }, () => words[next(words.length)]).join(" ".repeat(next(2) + 1));
  }
}

it("keeps its promises for any text", () => {
  for (const text of soups(150)) {
    const result = parse(text);
    const spans = result.understood.flatMap((item) => item.spans).sort((a, b) => a.start - b.start);
    spans.forEach((span, index) => {
      expect(span.start, text).toBeGreaterThanOrEqual(spans[index - 1]?.end ?? 0);
      expect(span.end, text).toBeGreaterThan(span.start);
      expect(text.slice(span.start, span.end), text).toMatch(/^\S(.*\S)?$/s);
    });
    expect(result.title === "", text).toBe(text.trim() === "");
    expect(new Set(result.tags).size, text).toBe(result.tags.length);
    expect(result.repeat === null || result.due !== null, text).toBe(true);
    expect(result.due?.date ?? "9", text).toSatisfy((date: string) => date >= "2026-11-25");
    // Put back to text one after the other, everything is title.
    let kept = text;
    for (let left = result; left.understood[0]; left = parse(kept))
      kept = keepAsText(kept, left.understood[0]);
    expect(words(parse(kept).title), text).toEqual(
      words(text.replace(/(?<=^|\s)\\(?=[\p{L}\p{N}#!"“])/gu, "")),
    );
  }
});

const words = (text: string) => text.split(/\s+/).filter(Boolean);
