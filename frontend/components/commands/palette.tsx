"use client";

import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { Search } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import type { OverlayProps } from "@/components/open-overlay";
import { COMMAND_GROUPS, type Command, commandFor } from "@/lib/commands";
import { isComposing } from "@/lib/composing";
import { KeyCaps } from "./key-caps";
import { PALETTE_ID } from "./page-commands";
import { useAllCommands } from "./use-commands";

/** Everything that can be done, found by typing a part of its name. */
export default function Palette({ onClose }: OverlayProps) {
  const [open, setOpen] = useState(true);
  const chosen = useRef<Command>(undefined);
  const commands = useAllCommands().filter(({ hidden }) => !hidden);
  const groups = COMMAND_GROUPS.map((value) => ({
    value,
    items: commands.filter(({ group }) => group === value),
  })).filter(({ items }) => items.length > 0);

  function closed() {
    onClose();
    // Only now, when the focus is back in the page, the command may move it.
    chosen.current?.run();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (isComposing(event.nativeEvent) || commandFor(event.nativeEvent, "page")?.id !== PALETTE_ID) return;
    event.preventDefault();
    setOpen(false);
  }

  return (
    <Dialog.Root open={open} onOpenChange={setOpen} onOpenChangeComplete={(now) => !now && closed()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fade-in fixed inset-0 bg-scrim" />
        <Dialog.Viewport className="fixed inset-0 flex items-start justify-center px-3 pt-[12vh] pb-3">
          <Dialog.Popup
            aria-label="Commands"
            onKeyDown={onKeyDown}
            className="fade-in flex max-h-[min(30rem,80dvh)] w-full max-w-lg flex-col overflow-hidden rounded-3xl border border-line bg-surface shadow-float outline-none"
          >
            <Autocomplete.Root
              open
              inline
              autoHighlight="always"
              keepHighlight
              items={groups}
              itemToStringValue={(command: Command) => `${command.title} ${command.keywords ?? ""}`}
            >
              <div className="flex items-center gap-3 border-b border-line px-4">
                <Search aria-hidden="true" className="size-4.5 shrink-0 text-muted" />
                <Autocomplete.Input
                  aria-label="Find a command"
                  placeholder="What do you want to do?"
                  className="h-13 min-w-0 flex-1 bg-transparent text-base outline-none placeholder:text-muted"
                />
                <Dialog.Close className="min-h-9 rounded-full px-2.5 text-xs font-semibold text-muted hover:text-ink">
                  Esc<span className="sr-only">: close the commands</span>
                </Dialog.Close>
              </div>
              <Autocomplete.Empty className="px-5 text-sm text-muted not-empty:py-8">
                No command is called that.
              </Autocomplete.Empty>
              <Autocomplete.List className="overflow-y-auto overscroll-contain p-2 empty:hidden">
                {(group: (typeof groups)[number]) => (
                  <Autocomplete.Group key={group.value} items={group.items} className="not-last:mb-2">
                    <Autocomplete.GroupLabel className="px-3 py-1.5 text-xs font-semibold text-muted">
                      {group.value}
                    </Autocomplete.GroupLabel>
                    <Autocomplete.Collection>
                      {(command: Command) => (
                        <Autocomplete.Item
                          key={command.id}
                          value={command}
                          onClick={() => {
                            chosen.current = command;
                            setOpen(false);
                          }}
                          className="flex min-h-11 cursor-pointer scroll-my-2 items-center justify-between gap-3 rounded-xl px-3 text-sm font-medium select-none data-highlighted:bg-accent-soft"
                        >
                          <span className="min-w-0 wrap-anywhere">{command.title}</span>
                          {command.keys && <KeyCaps keys={command.keys} />}
                        </Autocomplete.Item>
                      )}
                    </Autocomplete.Collection>
                  </Autocomplete.Group>
                )}
              </Autocomplete.List>
            </Autocomplete.Root>
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
