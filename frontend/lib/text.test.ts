import { describe, expect, it } from "vitest";
import { isBlank, isolated } from "./text";
import { compareCodePoints, foldText, titleKey } from "./text-order";
import { matchesSearch } from "./todo-match";
import { checkTitle, readTags } from "./todo-text";
import { asTag, isTag, parseView } from "./todo-view";

// The same pairs as in the backend's tests/test_text.py.
it.each([
  ["Fußball spielen", "FUSSBALL spielen"],
  ["Straße fegen", "STRASSE  fegen"],
  ["Γιατρός", "ΓΙΑΤΡΌΣ"],
  ["Cafe\u0301", "café"],
  ["\u1112\u1161\u11ab\u1100\u1173\u11af", "한글"],
  ["５ｋｍ ｒｕｎ", "5km run"],
  ["o\ufb03ce", "OFFICE"],
  ["İzmir", "IZMIR"],
  ["Å", "a\u030a"],
  ["co\u00adoperate", "cooperate"],
  ["milk\u200b", "Milk"],
  ["ᾳ", "ΑΙ"],
  ["ẞ", "ss"],
  ["և", "ԵՒ"],
  ["a\u00a0b\u3000c", "A B C"],
])("takes %j and %j for the same", (one, other) => {
  expect(foldText(one)).toBe(foldText(other));
  expect(matchesSearch({ title: one, description: "" }, other)).toBe(true);
  expect(matchesSearch({ title: "", description: other }, one)).toBe(true);
});

it.each(["\u200b", "\u2060", "\u00ad", "\ufeff", "\u3164", "\u115f", "\u2800", "\ufe0f", "\u202e", "\u0007"])(
  "says that %j cannot be seen",
  (blank) => {
    expect(isBlank(blank)).toBe(true);
    expect(checkTitle(blank)).toMatch(/Write/);
    expect(isTag(asTag(blank))).toBe(false);
  },
);

it.each(["👩\u200d👩\u200d👧", "می\u200cخواهم", "❤\ufe0f", "x"])("sees %j", (text) => {
  expect(isBlank(text)).toBe(false);
});

it("measures titles as they are kept", () => {
  expect(checkTitle("e\u0301".repeat(200))).toBeUndefined();
});

it.each([
  ["Home", "home"],
  ["CAFE\u0301", "café"],
  ["ΟΔΌΣ", "οδός"],
  ["Straße", "straße"],
  ["ＨＯＭＥ", "ｈｏｍｅ"],
])("reads the tag %j of an address as %j", (written, kept) => {
  expect(parseView(new URLSearchParams({ tag: written })).tag).toBe(kept);
  expect(readTags(`#${written}`)).toEqual([kept]);
});

describe("the order of titles", () => {
  it("is the database's", () => {
    const sorted = [
      "Zebra",
      "Äpfel",
      "apple",
      "Azalee",
      "éclair",
      "Eclair",
      "10",
      "😀",
      "ﬀ",
      "straße",
      "Strasse",
    ];
    expect(sorted.sort((a, b) => compareCodePoints(titleKey(a), titleKey(b)))).toEqual([
      "10",
      "apple",
      "Azalee",
      "Äpfel",
      "Eclair",
      "éclair",
      "Strasse",
      "straße",
      "Zebra",
      "ﬀ",
      "😀",
    ]);
  });
});

it.each([
  ["Milk", "Milk"],
  ["café 10 %", "café 10 %"],
  ["לקנות", "\u2068לקנות\u2069"],
  ["اشتري الحليب", "\u2068اشتري الحليب\u2069"],
  ["\u202eabc", "\u2068\u202eabc\u2069"],
  ["a\u2069b\u2067", "\u2068ab\u2069"],
  ["\u200fabc", "\u2068\u200fabc\u2069"],
])("isolates %j where it would turn what stands around it", (text, expected) => {
  expect(isolated(text)).toBe(expected);
});
