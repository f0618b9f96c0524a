"use client";

import { useEffect, useState } from "react";

/** Counts down whole seconds from what `start` is given to 0, where it rests. */
export function useWait(): [left: number, start: (seconds: number) => void] {
  const [until, setUntil] = useState(0);
  const [left, setLeft] = useState(0);

  useEffect(() => {
    if (!until) return;
    const timer = setInterval(() => {
      const seconds = Math.ceil((until - Date.now()) / 1000);
      setLeft(Math.max(0, seconds));
      if (seconds <= 0) setUntil(0);
    }, 1000);
    return () => clearInterval(timer);
  }, [until]);

  function start(seconds: number) {
    setLeft(seconds);
    setUntil(seconds > 0 ? Date.now() + seconds * 1000 : 0);
  }
  return [left, start];
}
