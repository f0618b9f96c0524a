/** The time zone to work with where the visitor's is not known. */
const UNKNOWN_ZONE = "UTC";

/** The cookie that tells the server the visitor's time zone, so that "today" is theirs in the first HTML too. */
export const ZONE_COOKIE = "todo_zone";

const clocks = new Map<string, Intl.DateTimeFormat>();

/** The clock of a zone. It takes long to make, and there are only so many zones. */
function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone);
  if (!clock) {
    // Swedish writes dates as ISO 8601 does.
    clock = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
    clocks.set(zone, clock);
  }
  return clock;
}

/** The day in a time zone at an instant (milliseconds since 1970), as YYYY-MM-DD. */
export function dayIn(zone: string, instant: number): string {
  return clockOf(zone).format(instant).slice(0, "2026-01-01".length);
}

/** The name of a time zone if it is one, else UTC. */
export function knownZone(name: string | undefined): string {
  if (!name) return UNKNOWN_ZONE;
  try {
    // A clock is kept only of what is a name: a visitor may send any number of spellings of it.
    const clock = clocks.get(name) ?? new Intl.DateTimeFormat("en", { timeZone: name });
    return clock.resolvedOptions().timeZone;
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
  return one === other || clockOf(one).format(instant) === clockOf(other).format(instant);
}
