import { IGNORABLE } from "./text";

/** When two texts are the same, and which comes first: by the backend's rules, in app/text.py. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: those that end a line are spaces, too
const SPACE = /[\t-\r\u001c-\u001f \u0085\u1680\u2028\u2029]+/g;

/** What equal texts have in common: one case, one spelling, nothing that cannot be seen. */
export function foldText(text: string): string {
  const plain = text.replace(IGNORABLE, "").normalize("NFKD").toLowerCase().toUpperCase().toLowerCase();
  return plain.replaceAll("ς", "σ").replaceAll("i\u0307", "i").normalize("NFKC").replace(SPACE, " ").trim();
}

/** What titles are sorted by, as the database does: an accented letter comes after its plain one. */
export function titleKey(title: string): string {
  // Letter by letter, where the end of a word makes no other one.
  const lower = Array.from(title, (letter) => (letter === "İ" ? "i" : letter.toLowerCase()));
  return lower.join("").normalize("NFD");
}

/** The order of two texts by their code points, as in the database: negative when `a` comes first. */
export function compareCodePoints(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  const end = Math.min(left.length, right.length);
  for (let index = 0; index < end; index += 1) {
    const difference = (left[index]?.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
