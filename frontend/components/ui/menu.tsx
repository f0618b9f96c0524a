"use client";

import { Menu as Base } from "@base-ui/react/menu";
import clsx from "clsx";
import type { LucideIcon } from "lucide-react";
import { type ReactNode, type RefObject, useState } from "react";

type MenuProps = {
  /** The button that it belongs to; it gets the focus back. */
  anchor: RefObject<HTMLElement | null>;
  label: string;
  /** Which edge of the button it is in line with. */
  align?: "start" | "end";
  /** Called when it has closed and its animation is over: take it out then. */
  onClose: () => void;
  children: ReactNode;
};

/** A menu of actions, open from its first rendering on, so that its code loads only when it is asked for. */
export function Menu({ anchor, label, align = "end", onClose, children }: MenuProps) {
  const [open, setOpen] = useState(true);
  return (
    <Base.Root open={open} onOpenChange={setOpen} onOpenChangeComplete={(now) => !now && onClose()}>
      {/* Beside its button, so that it is part of the same landmark. */}
      <Base.Portal container={anchor.current?.closest<HTMLElement>("header, main")}>
        <Base.Positioner anchor={anchor} align={align} sideOffset={6} className="z-20 outline-none">
          <Base.Popup
            aria-label={label}
            finalFocus={anchor}
            className="fade-in min-w-48 rounded-2xl border border-line bg-surface p-1.5 shadow-float outline-none"
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** Items that belong together, under a text that says what they are about. */
export function MenuGroup({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <Base.Group>
      <Base.GroupLabel className="max-w-64 px-3 pt-2 pb-1.5 text-sm wrap-anywhere text-muted">
        {label}
      </Base.GroupLabel>
      {children}
    </Base.Group>
  );
}

type MenuItemProps = {
  icon?: LucideIcon;
  /** For what cannot be taken back. */
  danger?: boolean;
  onClick: () => void;
  children: ReactNode;
};

export function MenuItem({ icon, danger, onClick, children }: MenuItemProps) {
  return (
    <Base.Item onClick={onClick} className={itemClass(danger)}>
      <ItemContent icon={icon}>{children}</ItemContent>
    </Base.Item>
  );
}

type MenuLinkProps = {
  icon?: LucideIcon;
  href: string;
  /** It is a file to keep, not a page to go to. */
  download?: boolean;
  children: ReactNode;
};

export function MenuLink({ icon, href, download, children }: MenuLinkProps) {
  return (
    <Base.LinkItem href={href} download={download} closeOnClick className={itemClass()}>
      <ItemContent icon={icon}>{children}</ItemContent>
    </Base.LinkItem>
  );
}

function itemClass(danger = false): string {
  return clsx(
    "flex min-h-10 cursor-pointer items-center gap-3 rounded-xl px-3 text-sm font-medium outline-none select-none",
    danger ? "text-danger data-highlighted:bg-danger-soft" : "text-ink data-highlighted:bg-surface-hover",
  );
}

function ItemContent({ icon: Icon, children }: { icon?: LucideIcon; children: ReactNode }) {
  return (
    <>
      {Icon && <Icon aria-hidden="true" className="size-4 shrink-0" strokeWidth={1.75} />}
      {children}
    </>
  );
}

export function MenuSeparator() {
  return <Base.Separator className="mx-2 my-1.5 h-px bg-line" />;
}
