/** The changes that can be taken back, latest last: by their toasts, and by the key for the latest one. */
let offers: (() => void)[] = [];

/** Offers to take a change back. Returns what does it; it works once, however it is asked for. */
export function offerUndo(run: () => void): () => void {
  offers.push(run);
  return () => {
    if (!offers.includes(run)) return;
    offers = offers.filter((other) => other !== run);
    run();
  };
}

/** Takes the latest change back that was not yet; says whether there was one. */
export function undoLatest(): boolean {
  const run = offers.pop();
  run?.();
  return run !== undefined;
}
