"use client";

import { lazy, Suspense, useRef, useState } from "react";
import { buttonClass, IconButton } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { useHydrated } from "@/components/ui/use-hydrated";
import { useMe } from "./use-me";

const AccountMenuItems = lazy(() => import("./account-menu-items"));

/** Who is visiting, and what can be done about it. A guest finds the way to log in beside it, also without scripts. */
export function AccountMenu() {
  const hydrated = useHydrated();
  const { guest, email } = useMe();
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const label = guest ? "Menu" : `Account ${email}`;

  return (
    <>
      {guest && (
        <a href="/login" className={buttonClass("quiet", "min-h-11")}>
          Log in
        </a>
      )}
      <IconButton
        ref={button}
        label={label}
        disabled={!hydrated}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(true)}
      >
        <Icon name="person" className="size-5.5" />
      </IconButton>
      {open && (
        <Suspense fallback={null}>
          <AccountMenuItems anchor={button} label={label} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
