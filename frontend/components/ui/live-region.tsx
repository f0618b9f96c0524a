"use client";

import { useSyncExternalStore } from "react";

type Message = { id: number; text: string };

let message: Message = { id: 0, text: "" };
const listeners = new Set<() => void>();

/** Has a screen reader say something, politely, that everybody else sees happen. */
export function announce(text: string): void {
  message = { id: message.id + 1, text };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const SILENCE: Message = { id: 0, text: "" };

/** Where announcements are made; one per page. The key makes the same text twice be read twice. */
export function LiveRegion() {
  const { id, text } = useSyncExternalStore(
    subscribe,
    () => message,
    () => SILENCE,
  );
  return (
    <div role="status" aria-live="polite" className="sr-only">
      <span key={id}>{text}</span>
    </div>
  );
}
