"use client";

import { Popover as Base } from "@base-ui/react/popover";
import { type ReactNode, type RefObject, useState } from "react";

type PopoverProps = {
  /** The button that it belongs to; it gets the focus back. */
  anchor: RefObject<HTMLElement | null>;
  title: string;
  /** Called when it has closed and its animation is over: take it out then. */
  onClose: () => void;
  /** What is in it; is given a way to close it. */
  children: (close: () => void) => ReactNode;
};

/** A small panel beside its button, open from its first rendering on. Escape and a press outside close it. */
export function Popover({ anchor, title, onClose, children }: PopoverProps) {
  const [open, setOpen] = useState(true);
  return (
    <Base.Root
      open={open}
      onOpenChange={setOpen}
      onOpenChangeComplete={(now) => !now && onClose()}
      modal="trap-focus"
    >
      <Base.Portal>
        <Base.Positioner anchor={anchor} sideOffset={8} className="z-20 outline-none">
          <Base.Popup
            finalFocus={anchor}
            className="fade-in w-72 max-w-[calc(100vw-2rem)] rounded-2xl border border-line bg-surface p-4 shadow-float outline-none"
          >
            <Base.Title className="mb-3 text-sm font-semibold">{title}</Base.Title>
            {children(() => setOpen(false))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
