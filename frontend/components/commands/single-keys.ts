"use client";

import { useSyncExternalStore } from "react";

/** Whether keys of one character, such as n, work on the whole page. Who speaks to the computer turns them off. */
const STORAGE_KEY = "todo.single-keys";

const listeners = new Set<() => void>();

export function singleKeysOn(): boolean {
  try {
    return window.localStorage.getItem(STORAGE_KEY) !== "off";
  } catch {
    // A browser that keeps nothing for this site.
    return chosen;
  }
}

let chosen = true;

export function setSingleKeys(on: boolean): void {
  chosen = on;
  try {
    window.localStorage.setItem(STORAGE_KEY, on ? "on" : "off");
  } catch {
    // The choice lasts until the page is left.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

export function useSingleKeys(): boolean {
  return useSyncExternalStore(subscribe, singleKeysOn, () => true);
}
