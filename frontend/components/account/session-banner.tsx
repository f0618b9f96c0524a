"use client";

import { useQueryClient } from "@tanstack/react-query";
import { CircleAlert, X } from "lucide-react";
import { type MouseEvent, useEffect, useRef, useState } from "react";
import { openOverlay } from "@/components/open-overlay";
import { buttonClass, IconButton } from "@/components/ui/button";
import type { Me } from "@/lib/api/accounts";
import { onSessionEnd } from "@/lib/session";
import { becomeVisitor, useMe } from "./use-me";

/**
 * Says once that the session has ended, whichever request learnt it, and leads to a login over the page,
 * so that what is being typed stays.
 * @param endedBefore the server learnt it while it rendered the page.
 */
export function SessionBanner({ endedBefore }: { endedBefore: boolean }) {
  const client = useQueryClient();
  const me = useMe();
  const [ended, setEnded] = useState(endedBefore);
  const asking = useRef(false);

  useEffect(() => {
    // The browser still has the cookie that the server rendered the page with; this answer makes it forget it.
    if (endedBefore) askWho().catch(() => {});
  }, [endedBefore]);

  useEffect(
    () =>
      onSessionEnd(async () => {
        if (asking.current) return;
        asking.current = true;
        // The session may have been replaced in another tab instead: who is visiting now?
        const now = await askWho().catch(() => undefined);
        asking.current = false;
        setEnded(now?.guest ?? true);
        await becomeVisitor(client, now);
      }),
    [client],
  );

  if (!ended || !me.guest) return null;

  function login(event: MouseEvent) {
    event.preventDefault();
    openOverlay("login");
  }

  return (
    <div role="alert" className="border-b border-line bg-surface">
      <div className="mx-auto flex w-full max-w-2xl items-center gap-3 py-2 pr-2 pl-4 sm:px-6">
        <CircleAlert aria-hidden="true" className="size-5 shrink-0 text-accent" strokeWidth={1.75} />
        <p className="min-w-0 flex-1 text-sm text-pretty">
          <span className="font-semibold">Your session has ended.</span>{" "}
          <span className="text-muted">Log in to see your todos again.</span>
        </p>
        <a href="/login" onClick={login} className={buttonClass("outline", "shrink-0")}>
          Log in
        </a>
        <IconButton label="Dismiss" onClick={() => setEnded(false)} className="-ml-2 sm:-mr-3">
          <X aria-hidden="true" className="size-4.5" />
        </IconButton>
      </div>
    </div>
  );
}

async function askWho(): Promise<Me> {
  const { getMe } = await import("@/lib/api/accounts");
  return getMe();
}
