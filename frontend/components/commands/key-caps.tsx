"use client";

import { Fragment, useSyncExternalStore } from "react";
import { keyNames } from "@/lib/commands";

/** Keys that run a command, any one of them. */
export function KeyCaps({ keys }: { keys: readonly string[] }) {
  const mac = useMac();
  return (
    <span className="flex shrink-0 items-center gap-1.5 text-xs text-muted">
      {keys.map((key, index) => (
        <Fragment key={key}>
          {index > 0 && "or"}
          <span className="flex gap-1">
            {keyNames(key, mac).map((name) => (
              <kbd
                key={name}
                className="inline-grid min-h-6 min-w-6 place-items-center rounded-md border border-line bg-surface-hover px-1.5 font-sans font-semibold text-ink"
              >
                {name}
              </kbd>
            ))}
          </span>
        </Fragment>
      ))}
    </span>
  );
}

const never = () => () => {};

/** Whether the keyboard is a Mac's; the server, which cannot know, says no. */
function useMac(): boolean {
  return useSyncExternalStore(
    never,
    () => /Mac|iPhone|iPad/.test(navigator.userAgent),
    () => false,
  );
}
