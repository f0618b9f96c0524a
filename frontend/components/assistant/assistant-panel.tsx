"use client";

import { Sparkles, Trash2, X } from "lucide-react";
import { type RefObject, useEffect, useRef } from "react";
import type { OverlayProps } from "@/components/open-overlay";
import { IconButton } from "@/components/ui/button";
import { notify } from "@/components/ui/toast";
import { useMediaQuery } from "@/components/ui/use-media-query";
import { explain } from "@/lib/api/problem";
import { ASSISTANT_BUTTON } from "./assistant-button";
import { AssistantComposer } from "./assistant-composer";
import { Conversation } from "./conversation-view";
import { DockedPanel, PANEL_TITLE, SheetPanel } from "./panel-frames";
import { rememberOpen } from "./remember-open";
import { useConversation } from "./use-conversation";

/** From this width on the panel stands beside the list; below, it lies over it. */
const WIDE = "(min-width: 64rem)";

/** The assistant. Closing it gives the focus back to the header's button, also when it was open from the start. */
export default function AssistantPanel({ onClose }: OverlayProps) {
  const Frame = useMediaQuery(WIDE) ? DockedPanel : SheetPanel;
  const field = useRef<HTMLTextAreaElement>(null);

  useEffect(() => rememberOpen(true), []);

  function close() {
    rememberOpen(false);
    onClose();
    requestAnimationFrame(() => document.getElementById(ASSISTANT_BUTTON)?.focus());
  }

  return (
    <Frame field={field} onClose={close}>
      {(leave) => <Panel field={field} onLeave={leave} />}
    </Frame>
  );
}

type PanelProps = { field: RefObject<HTMLTextAreaElement | null>; onLeave: () => void };

function Panel({ field, onLeave }: PanelProps) {
  const conversation = useConversation();
  const { chat, clearing } = conversation;
  const busy = conversation.answering || clearing.isPending;

  function clear() {
    if (busy) return;
    clearing.mutate(undefined, {
      onError: (error) =>
        notify({
          tone: "error",
          title: "The conversation could not be cleared",
          description: explain(error),
        }),
    });
    // The button goes with the conversation.
    field.current?.focus();
  }

  return (
    <>
      <header className="flex h-16 shrink-0 items-center gap-2.5 border-b border-line pr-2 pl-5">
        <Sparkles aria-hidden="true" className="size-5 text-accent" strokeWidth={1.75} />
        <h2 id={PANEL_TITLE} className="text-base font-semibold tracking-tight">
          Assistant
        </h2>
        {chat.data?.builtin && <BuiltinBadge />}
        <div className="ml-auto flex">
          {chat.data && chat.data.messages.length > 0 && (
            <IconButton
              label="Clear conversation"
              aria-disabled={busy}
              onClick={clear}
              className="aria-disabled:opacity-50"
            >
              <Trash2 aria-hidden="true" className="size-4.5" strokeWidth={1.75} />
            </IconButton>
          )}
          <IconButton label="Close assistant" onClick={onLeave}>
            <X aria-hidden="true" className="size-4.5" />
          </IconButton>
        </div>
      </header>
      <Conversation conversation={conversation} />
      <AssistantComposer ref={field} conversation={conversation} />
    </>
  );
}

function BuiltinBadge() {
  return (
    <span
      title="No AI service is set up, so simple requests are understood by fixed rules."
      className="rounded-full bg-accent-soft px-2.5 py-1 text-xs font-semibold text-ink"
    >
      Built-in<span className="sr-only"> assistant: no AI service is set up</span>
    </span>
  );
}
