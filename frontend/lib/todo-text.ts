import { isBlank } from "@/lib/text";
import { asTag, isTag } from "@/lib/todo-view";

/** The limits that the backend sets; lengths are in characters (Unicode code points). */
const MAX_TITLE = 200;
const MAX_DESCRIPTION = 1000;
const MAX_LINE = 500;
export const MAX_TAGS = 10;

/** What is wrong with a trimmed title, or nothing. */
export function checkTitle(title: string): string | undefined {
  if (isBlank(title)) return "Write what needs doing first.";
  return checkLength(title, MAX_TITLE, "title");
}

/** What is wrong with a line of which a todo is to be read, or nothing. */
export function checkLine(line: string): string | undefined {
  if (line.trim() === "") return checkTitle("");
  return checkLength(line, MAX_LINE, "line");
}

/** What is wrong with a trimmed description, or nothing. */
export function checkDescription(description: string): string | undefined {
  return checkLength(description, MAX_DESCRIPTION, "note");
}

function checkLength(text: string, limit: number, name: string): string | undefined {
  // The backend counts code points, so an emoji is one character here too.
  const length = [...text.normalize("NFC")].length;
  return length > limit ? `A ${name} has at most ${limit} characters; this one has ${length}.` : undefined;
}

/** Tags written with spaces or commas between them, with or without "#", in the form in which they are kept. */
export function readTags(text: string): string[] {
  const words = asTag(text).split(/[\s,]+/);
  return [...new Set(words.map((word) => word.replace(/^#/, "")).filter(Boolean))];
}

/** What is wrong with the tags that were read, or nothing. */
export function checkTags(tags: string[]): string | undefined {
  const wrong = tags.find((tag) => !isTag(tag));
  if (wrong) return `“${wrong}” is no tag: a tag has 1 to 30 letters, digits, hyphens or underscores.`;
  return tags.length > MAX_TAGS
    ? `A todo has at most ${MAX_TAGS} tags; these are ${tags.length}.`
    : undefined;
}
