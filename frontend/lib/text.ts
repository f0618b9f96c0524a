/** What of a text can be seen, by the backend's rule in app/text.py, and how texts of the user's stand in sentences. */

/** What cannot be seen and changes no meaning. */
export const IGNORABLE = /\p{Default_Ignorable_Code_Point}+/gu;

/** Whether nothing of a text can be seen. */
export function isBlank(text: string): boolean {
  return /^[\p{C}\p{Z}\u2800]*$/u.test(text.replace(IGNORABLE, ""));
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
