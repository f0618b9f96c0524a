import { announce } from "./live-region";
import type { Toast } from "./toaster";

type Toaster = typeof import("./toaster");

let toaster: Toaster | undefined;
const listeners = new Set<() => void>();

/** Loads what shows toasts; the first rendering does not wait for it. */
export async function loadToaster(): Promise<Toaster> {
  toaster ??= await import("./toaster");
  for (const listener of listeners) listener();
  return toaster;
}

/** For useSyncExternalStore: what shows toasts, once it is loaded. */
export const toasterStore = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  current: () => toaster,
};

/** Takes a toast away before its time. */
export function dismiss(id: string): void {
  toaster?.dismiss(id);
}

/** Shows a toast. It is also read out, politely. */
export function notify(toast: Toast): void {
  // Without its code, and with no network to load it from, the text is at least read out.
  loadToaster().then(
    ({ show }) => show(toast),
    () => announce([toast.title, toast.description].filter(Boolean).join(". ")),
  );
}
