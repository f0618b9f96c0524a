"use client";

import { useRouter } from "next/navigation";
import { type MouseEvent, useEffect, useTransition } from "react";
import { buttonClass } from "@/components/ui/button";

/** How often the page looks by itself whether the backend is back, in milliseconds. */
const RETRY_MS = 10_000;

/** Asks for the page again, every few seconds by itself; the link works without scripts. */
export function RetryLink() {
  const router = useRouter();
  const [trying, startTrying] = useTransition();

  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") startTrying(() => router.refresh());
    }, RETRY_MS);
    return () => clearInterval(timer);
  }, [router]);

  function retry(event: MouseEvent) {
    event.preventDefault();
    startTrying(() => router.refresh());
  }

  return (
    // biome-ignore lint/a11y/useValidAnchor: it is a link to this page that scripts turn into a softer retry
    <a href="" onClick={retry} className={buttonClass()}>
      {trying ? "Trying…" : "Try again"}
    </a>
  );
}
