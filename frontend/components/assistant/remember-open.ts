const KEY = "assistant-open";

/** Keeps over a reload whether the panel is open. Where storage is forbidden, it just starts closed. */
export function rememberOpen(open: boolean): void {
  try {
    if (open) sessionStorage.setItem(KEY, "yes");
    else sessionStorage.removeItem(KEY);
  } catch {
    // Nothing depends on it.
  }
}

export function wasOpen(): boolean {
  try {
    return sessionStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}
