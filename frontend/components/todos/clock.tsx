"use client";

import { createContext, type ReactNode, use, useEffect, useMemo, useSyncExternalStore } from "react";
import { dayIn, localZone, thisMinute, ZONE_COOKIE } from "@/lib/clock";

/** The visitor's time: the minute (in milliseconds since 1970), their time zone, and the day there. */
export type Clock = { now: number; zone: string; today: string };

const ClockContext = createContext<Clock | null>(null);

const MINUTE_MS = 60_000;
const YEAR_S = 31_536_000;

function subscribe(listener: () => void): () => void {
  const timer = setInterval(listener, MINUTE_MS / 4);
  // A tab that slept through midnight learns of it when it is looked at.
  document.addEventListener("visibilitychange", listener);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", listener);
  };
}

const never = () => () => {};

/**
 * Tells the time to what is inside. `now` and `zone` are what the server took, so that its HTML and the
 * browser's first rendering agree; the browser's own follow right after, and the server learns its zone for next time.
 */
export function ClockProvider({ now, zone, children }: Omit<Clock, "today"> & { children: ReactNode }) {
  const minute = useSyncExternalStore(subscribe, thisMinute, () => now);
  const place = useSyncExternalStore(never, localZone, () => zone);
  const clock = useMemo(() => ({ now: minute, zone: place, today: dayIn(place, minute) }), [minute, place]);

  useEffect(() => {
    const local = localZone();
    if (local !== zone) {
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is absent on http://todo.local
      document.cookie = `${ZONE_COOKIE}=${encodeURIComponent(local)}; path=/; max-age=${YEAR_S}; samesite=lax`;
    }
  }, [zone]);

  return <ClockContext value={clock}>{children}</ClockContext>;
}

/** @throws Error outside a ClockProvider. */
export function useClock(): Clock {
  const clock = use(ClockContext);
  if (!clock) throw new Error("useClock needs a ClockProvider around it");
  return clock;
}
