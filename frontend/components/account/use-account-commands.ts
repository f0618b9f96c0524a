"use client";

import { useMemo } from "react";
import { useCommands } from "@/components/commands/use-commands";
import { openOverlay } from "@/components/open-overlay";
import type { Command } from "@/lib/commands";
import { EXPORT_HREF } from "@/lib/export-href";

/** Offers what a guest, or who is logged in, can do about the account. */
export function useAccountCommands(guest: boolean): void {
  useCommands(useMemo(() => [...DATA_COMMANDS, ...(guest ? guestCommands() : accountCommands())], [guest]));
}

const DATA_COMMANDS: Command[] = [
  {
    id: "data.export",
    title: "Export todos",
    group: "Data",
    keywords: "download backup JSON",
    run: () => window.location.assign(EXPORT_HREF),
  },
  {
    id: "data.import",
    title: "Import todos",
    group: "Data",
    keywords: "upload restore JSON",
    run: () => openOverlay("import"),
  },
];

function guestCommands(): Command[] {
  return [
    {
      id: "account.login",
      title: "Log in",
      group: "Account",
      keywords: "sign in",
      run: () => openOverlay("login"),
    },
    {
      id: "account.register",
      title: "Create an account",
      group: "Account",
      keywords: "register sign up",
      run: () => window.location.assign("/login?mode=register"),
    },
  ];
}

function accountCommands(): Command[] {
  return [
    {
      id: "account.password",
      title: "Change password",
      group: "Account",
      run: () => openOverlay("password"),
    },
    {
      id: "account.logout",
      title: "Log out",
      group: "Account",
      keywords: "sign out",
      run: () => void import("./leave").then(({ leave }) => leave()),
    },
    {
      id: "account.delete",
      title: "Delete account",
      group: "Account",
      run: () => openOverlay("delete-account"),
    },
  ];
}
