"use client";

import { Dialog } from "@base-ui/react/dialog";
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useState } from "react";
import { isComposing } from "@/lib/composing";

/** The id of the heading that names the panel. */
export const PANEL_TITLE = "assistant-title";

type FrameProps = {
  /** What has the focus when it opens. */
  field: RefObject<HTMLTextAreaElement | null>;
  /** Called when it has closed. */
  onClose: () => void;
  /** What is in it; is given a way to close it. */
  children: (close: () => void) => ReactNode;
};

/** Beside the list: a part of the page, which stays in use. Escape within it closes it. */
export function DockedPanel({ field, onClose, children }: FrameProps) {
  useEffect(() => {
    const root = document.documentElement;
    root.toggleAttribute("data-docked", true);
    field.current?.focus({ preventScroll: true });
    return () => root.removeAttribute("data-docked");
  }, [field]);

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Escape" && !isComposing(event.nativeEvent)) onClose();
  }

  return (
    <aside
      aria-labelledby={PANEL_TITLE}
      onKeyDown={onKeyDown}
      className="slide-in fixed inset-y-0 right-0 z-10 flex h-dvh w-104 flex-col border-l border-line bg-canvas"
    >
      {children(onClose)}
    </aside>
  );
}

/** Over the list: a modal sheet, all of the screen on a phone. */
export function SheetPanel({ field, onClose, children }: FrameProps) {
  const [open, setOpen] = useState(true);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen} onOpenChangeComplete={(now) => !now && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fade-in fixed inset-0 z-10 bg-scrim" />
        <Dialog.Popup
          aria-labelledby={PANEL_TITLE}
          initialFocus={field}
          finalFocus={false}
          className="slide-in fixed inset-y-0 right-0 z-10 flex h-dvh w-full flex-col border-line bg-canvas shadow-float outline-none sm:w-104 sm:border-l"
        >
          {children(() => setOpen(false))}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
