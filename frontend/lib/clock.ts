/** The time zone to work with where the visitor's is not known. */
const UNKNOWN_ZONE = "UTC";

/** The cookie that tells the server the visitor's time zone, so that "today" is theirs in the first HTML too. */
export const ZONE_COOKIE = "todo_zone";

/** The day in a time zone at an instant (milliseconds since 1970), as YYYY-MM-DD. */
export function dayIn(zone: string, instant: number): string {
  // Swedish writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(instant);
}

/** The name of a time zone if it is one, else UTC. */
export function knownZone(name: string | undefined): string {
  if (!name) return UNKNOWN_ZONE;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return UNKNOWN_ZONE;
  }
}

/** The browser's own time zone. */
export function localZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || UNKNOWN_ZONE;
}

/** Whether 2/3 is in March, by the browser's language. */
export function dayComesFirst(): boolean {
  const parts = new Intl.DateTimeFormat(undefined, { dateStyle: "short" })
    .formatToParts(0)
    .map(({ type }) => type);
  return parts.indexOf("day") < parts.indexOf("month");
}

const MINUTE_MS = 60_000;

/** When this minute began, in milliseconds since 1970. */
export function thisMinute(): number {
  return Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
}

/** Whether the clocks of two zones show the same at an instant: one zone may have two names, such as Asia/Calcutta. */
export function sameClock(one: string, other: string, instant: number): boolean {
  return one === other || wallClock(one, instant) === wallClock(other, instant);
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function wallClock(zone: string, instant: number): string {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
    clocks.set(zone, clock);
  }
  return clock.format(instant);
}
