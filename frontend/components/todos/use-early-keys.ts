"use client";

import { useEffect, useRef } from "react";

const FIELDS = "input:not([type=checkbox]), textarea, select";

/** Whether the browser itself has done something with a key: written it, or pressed what has the focus. */
function isDone({ key, target, ctrlKey, metaKey }: KeyboardEvent): boolean {
  if (key === "Enter" || key === " ") return true;
  return !ctrlKey && !metaKey && target instanceof Element && target.matches(FIELDS);
}

/** Keeps the keys that are pressed before there is code for them, and presses them again when it is `ready`. */
export function useEarlyKeys(ready: boolean): void {
  const early = useRef<KeyboardEvent[]>([]);
  useEffect(() => {
    if (ready) {
      for (const event of early.current.splice(0))
        event.target?.dispatchEvent(new KeyboardEvent(event.type, event));
      return;
    }
    const keep = (event: KeyboardEvent) => {
      if (!isDone(event)) early.current.push(event);
    };
    window.addEventListener("keydown", keep);
    return () => window.removeEventListener("keydown", keep);
  }, [ready]);
}
