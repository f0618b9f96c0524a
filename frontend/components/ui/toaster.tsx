"use client";

import { useEffect } from "react";
import { Toaster as Sonner, toast as sonner } from "sonner";

/** A message that something may be done about. */
export type Toast = {
  /** To dismiss it by. */
  id?: string;
  tone?: "warning" | "error";
  title: string;
  description?: string;
  action?: { label: string; onClick: () => void };
};

let ready = false;
let waiting: Toast[] = [];

/** Shows a toast, or keeps it until there is a place to show it in. */
export function show(toast: Toast): void {
  if (!ready) {
    waiting.push(toast);
    return;
  }
  const { tone, title, ...options } = toast;
  (tone ? sonner[tone] : sonner)(title, options);
}

/** Takes a toast away, or one that still waits for a place. */
export function dismiss(id: string): void {
  waiting = waiting.filter((toast) => toast.id !== id);
  sonner.dismiss(id);
}

/** The toasts' place and looks. They are read out politely and stay while looked at. */
export function Toaster() {
  useEffect(() => {
    ready = true;
    waiting.splice(0).forEach(show);
    return () => {
      ready = false;
    };
  }, []);
  return (
    <Sonner
      position="bottom-center"
      duration={8_000}
      gap={10}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-full items-center gap-3 rounded-2xl border border-line bg-surface py-3 pr-3 pl-4 font-sans text-ink shadow-card",
          icon: "shrink-0 text-danger",
          content: "min-w-0 flex-1",
          title: "break-words text-sm font-semibold",
          description: "mt-0.5 text-sm text-muted",
          actionButton:
            "ml-auto min-h-9 shrink-0 rounded-full bg-accent-soft px-3.5 text-sm font-semibold text-ink transition-colors hover:bg-accent hover:text-on-accent",
        },
      }}
    />
  );
}
