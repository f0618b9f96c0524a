"use client";

import { useQueryClient } from "@tanstack/react-query";
import type { OverlayProps } from "@/components/open-overlay";
import { Dialog } from "@/components/ui/dialog";
import { announce } from "@/components/ui/live-region";
import type { Me } from "@/lib/api/accounts";
import { retryNow } from "@/lib/session";
import { LoginForm } from "./login-form";
import { becomeVisitor } from "./use-me";

/** Logs in again over the page, without leaving it. */
export default function LoginDialog({ onClose }: OverlayProps) {
  const client = useQueryClient();

  async function welcome(me: Me) {
    announce(`Logged in as ${me.email}`);
    await becomeVisitor(client, me);
    retryNow();
  }

  return (
    <Dialog title="Log in" description="What you have written stays where it is." onClose={onClose}>
      {(close) => (
        <LoginForm
          mode="login"
          onDone={(me) => {
            close();
            void welcome(me);
          }}
        />
      )}
    </Dialog>
  );
}
