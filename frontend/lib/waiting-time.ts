/** A time to wait in words, rounded up so that waiting it is enough. */
export function waitingTime(seconds: number): string {
  if (seconds <= 90) return count(Math.max(1, Math.ceil(seconds)), "second");
  return count(Math.ceil(seconds / 60), "minute");
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? "" : "s"}`;
}
