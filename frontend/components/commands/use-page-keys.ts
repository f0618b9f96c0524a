"use client";

import { useEffect } from "react";
import { commandFor, isSingleKey, UNDO_KEY } from "@/lib/commands";
import { isComposing } from "@/lib/composing";
import { singleKeysOn } from "./single-keys";

/** Runs the page's commands by their keys. A key that something else has used, or that is text, is left alone. */
export function usePageKeys(): void {
  useEffect(() => {
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || isComposing(event) || event.repeat) return;
  const inside = event.target instanceof Element ? event.target : document.body;
  // Where a dialog or a menu is open, the page behind it rests.
  if (document.querySelector("[role=dialog], [role=alertdialog], [role=menu]")) return;
  if (isSingleKey(event) && (!singleKeysOn() || takesText(inside))) return;
  const command = commandFor(event, "page");
  if (!command || (command.keys?.includes(UNDO_KEY) && hasText(inside))) return;
  event.preventDefault();
  command.run();
}

/** Whether what is typed into an element becomes its text. */
function takesText(element: Element): boolean {
  return element.matches(
    "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]:not([contenteditable=false])",
  );
}

/** Whether something was typed into an element, which it can undo by itself. */
function hasText(element: Element): boolean {
  if (!takesText(element)) return false;
  return !("value" in element) || element.value !== "";
}
