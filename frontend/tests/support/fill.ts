import type { UserEvent } from "@testing-library/user-event";

/** Puts a text into a field at once, in the place of what was there. */
export async function fill(user: UserEvent, field: HTMLElement, text: string): Promise<void> {
  await user.clear(field);
  if (text) await user.paste(text);
}
