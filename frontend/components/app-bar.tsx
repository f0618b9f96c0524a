"use client";

import { AccountMenu } from "@/components/account/account-menu";
import { AssistantButton } from "@/components/assistant/assistant-button";
import { openOverlay } from "@/components/open-overlay";
import { IconButton } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";

/** The strip at the top: the app's name, and what concerns all of it. `commands` says whether there are any yet. */
export function AppBar({ commands }: { commands: boolean }) {
  return (
    <header className="mx-auto flex h-16 w-full max-w-2xl items-center justify-between px-4 sm:px-6">
      <a href="/" className="rounded-lg text-sm font-semibold text-accent">
        Todo
      </a>
      <div className="-mr-3 flex items-center">
        <AssistantButton />
        <IconButton label="Commands" disabled={!commands} onClick={() => openOverlay("palette")}>
          <Icon name="command" />
        </IconButton>
        <AccountMenu />
      </div>
    </header>
  );
}
