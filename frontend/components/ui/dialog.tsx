"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import clsx from "clsx";
import { X } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { iconButtonClass } from "./button";

type DialogProps = {
  title: string;
  description?: ReactNode;
  /** Called when it has closed and its animation is over: take it out then. */
  onClose: () => void;
  className?: string;
  /** What is in it; may be given a way to close it. */
  children: ReactNode | ((close: () => void) => ReactNode);
};

/** A modal dialog, open from its first rendering on. Escape, a press outside and its button close it. */
export function Dialog({ title, description, onClose, className, children }: DialogProps) {
  const [open, setOpen] = useState(true);
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open={open} onOpenChange={setOpen} onOpenChangeComplete={(now) => !now && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fade-in fixed inset-0 bg-scrim" />
        <Base.Viewport className="fixed inset-0 grid place-items-center overflow-y-auto p-4">
          <Base.Popup
            ref={popup}
            initialFocus={(how) => how === "touch" || (firstField(popup.current) ?? true)}
            className={clsx(
              "fade-in w-full max-w-md rounded-3xl border border-line bg-surface p-5 shadow-float outline-none sm:p-6",
              className,
            )}
          >
            <div className="mb-4 flex items-start justify-between gap-4">
              <div>
                <Base.Title className="text-lg font-semibold tracking-tight">{title}</Base.Title>
                {description && (
                  <Base.Description className="mt-1 text-sm text-pretty text-muted">
                    {description}
                  </Base.Description>
                )}
              </div>
              <Base.Close className={iconButtonClass("-mt-1.5 -mr-1.5")} aria-label="Close">
                <X aria-hidden="true" className="size-4.5" />
              </Base.Close>
            </div>
            {typeof children === "function" ? children(() => setOpen(false)) : children}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}

/** Where typing can begin. Under a finger it would bring up the keyboard over what is to be read first. */
function firstField(popup: HTMLElement | null): HTMLElement | null {
  return popup?.querySelector<HTMLElement>(":is(input, textarea, select):not([hidden])") ?? null;
}
