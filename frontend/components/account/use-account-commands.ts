"use client";

import { useMemo } from "react";
import { useCommands } from "@/components/commands/use-commands";
import { openOverlay } from "@/components/overlays";
import type { Command } from "@/lib/commands";

/** Offers what a guest, or who is logged in, can do about the account. */
export function useAccountCommands(guest: boolean): void {
  useCommands(useMemo(() => (guest ? guestCommands() : accountCommands()), [guest]));
}

function guestCommands(): Command[] {
  return [
    {
      id: "account.login",
      title: "Log in",
      group: "Account",
      keywords: "sign in",
      run: () => void openOverlay("login"),
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
      run: () => void openOverlay("password"),
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
      run: () => void openOverlay("delete-account"),
    },
  ];
}
