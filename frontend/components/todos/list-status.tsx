"use client";

import { CloudOff, RefreshCw, ServerCrash } from "lucide-react";
import { useSyncExternalStore } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api/problem";

function subscribe(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}

/** Whether the browser has a network; the server may be out of reach all the same. */
function useOnline(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => navigator.onLine,
    () => true,
  );
}

/** Says that the list may be old: there is no network, or the last look at the server failed. */
export function ListStatus({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const online = useOnline();
  if (online && !error) return null;
  const Icon = online ? RefreshCw : CloudOff;
  return (
    <div
      role="status"
      className="mb-3 flex items-center gap-3 rounded-2xl border border-line bg-surface py-2 pr-2 pl-4 text-sm"
    >
      <Icon aria-hidden="true" className="size-4 shrink-0 text-muted" />
      <p className="min-w-0 flex-1 py-1.5 text-pretty">
        {online ? (
          <>
            <strong className="font-semibold">This list may be old.</strong> {explain(error)}
          </>
        ) : (
          <>
            <strong className="font-semibold">You are offline.</strong> You see the list as it was; changes
            cannot be saved until you are back.
          </>
        )}
      </p>
      {online && (
        <Button look="quiet" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** Stands in the list's place when it could not be loaded. */
export function ListFailed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <Notice
      icon={ServerCrash}
      title="The list could not be loaded"
      actions={<Button onClick={onRetry}>Try again</Button>}
    >
      {explain(error)}
    </Notice>
  );
}
