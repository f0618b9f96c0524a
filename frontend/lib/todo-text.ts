import { MAX_DESCRIPTION, MAX_TITLE } from "@/lib/api/todos";

/** What is wrong with a trimmed title, or nothing. */
export function checkTitle(title: string): string | undefined {
  if (title === "") return "Write what needs doing first.";
  return checkLength(title, MAX_TITLE, "title");
}

/** What is wrong with a trimmed description, or nothing. */
export function checkDescription(description: string): string | undefined {
  return checkLength(description, MAX_DESCRIPTION, "note");
}

function checkLength(text: string, limit: number, name: string): string | undefined {
  // The backend counts code points, so an emoji is one character here too.
  const length = [...text].length;
  return length > limit ? `A ${name} has at most ${limit} characters; this one has ${length}.` : undefined;
}
