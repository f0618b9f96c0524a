"use client";

import { CloudOff } from "lucide-react";
import { useRouter } from "next/navigation";
import { type MouseEvent, useEffect, useTransition } from "react";
import { buttonClass } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";

/** How often the page looks by itself whether the backend is back, in milliseconds. */
const RETRY_MS = 10_000;

/** The page while the backend cannot be reached. It comes back by itself; the link works without scripts. */
export function Unavailable() {
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
    <main className="mx-auto grid min-h-dvh max-w-2xl place-items-center px-4">
      <Notice
        icon={CloudOff}
        level={1}
        title="Your todos can’t be reached right now"
        actions={
          // biome-ignore lint/a11y/useValidAnchor: it is a link to this page that scripts turn into a softer retry
          <a href="" onClick={retry} className={buttonClass()}>
            {trying ? "Trying…" : "Try again"}
          </a>
        }
      >
        <p>
          Nothing is lost: the service that keeps them did not answer. This page looks again every few
          seconds.
        </p>
        <p className="mt-3 text-sm">
          Running this app yourself? Its{" "}
          <a href="/healthz" className="font-medium text-ink underline underline-offset-4">
            health report
          </a>{" "}
          says what is wrong.
        </p>
      </Notice>
    </main>
  );
}
