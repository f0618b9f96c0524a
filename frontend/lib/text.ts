/** When two texts are the same, and whether one can be read at all: by the backend's rules, in app/text.py. */

const IGNORABLE = /\p{Default_Ignorable_Code_Point}+/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: those that end a line are spaces, too
const SPACE = /[\t-\r\u001c-\u001f \u0085\u1680\u2028\u2029]+/g;

/** What equal texts have in common: one case, one spelling, nothing that cannot be seen. */
export function foldText(text: string): string {
  const plain = text.replace(IGNORABLE, "").normalize("NFKD").toLowerCase().toUpperCase().toLowerCase();
  return plain.replaceAll("ς", "σ").replaceAll("i\u0307", "i").normalize("NFKC").replace(SPACE, " ").trim();
}

/** Whether nothing of a text can be seen. */
export function isBlank(text: string): boolean {
  return /^[\p{C}\p{Z}\u2800]*$/u.test(text.replace(IGNORABLE, ""));
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

/** Text that is written from right to left, or that turns what follows. */
const TURNS =
  /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** A user's text for a sentence that is only text, such as a label: what stands around it keeps its direction. */
export function isolated(text: string): string {
  // Its own isolates would end this one.
  return TURNS.test(text) ? `\u2068${text.replace(/[\u2066-\u2069]/g, "")}\u2069` : text;
}

/** A title or another text of the user's in quotation marks, for a sentence. */
export function quoted(text: string): string {
  return `“${isolated(text)}”`;
}
