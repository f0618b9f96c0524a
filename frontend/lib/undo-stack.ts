/** The changes that can be taken back, latest last: by their buttons, and by the key for the latest one. */
const offers = new Map<string, () => void>();

/** Offers to take the change with this token back. */
export function offerUndo(token: string, run: () => void): void {
  offers.set(token, run);
}

/** Takes the change with this token back, once, however that is asked for. */
export function undo(token: string): void {
  const run = offers.get(token);
  withdrawUndo(token);
  run?.();
}

/** To be called when a change is taken back by other means. */
export function withdrawUndo(token: string): void {
  offers.delete(token);
}

/** Takes the latest change back that was not yet; says whether there was one. */
export function undoLatest(): boolean {
  const latest = [...offers.keys()].at(-1);
  if (latest === undefined) return false;
  undo(latest);
  return true;
}
