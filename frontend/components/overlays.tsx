"use client";

import { type ComponentType, useEffect, useSyncExternalStore } from "react";
import { notify } from "@/components/ui/toast";

/** What each dialog or panel over the page is given: what to call when it has closed. */
export type OverlayProps = { onClose: () => void };

type OverlayModule = { default: ComponentType<OverlayProps> };

/** Everything that opens over the page, by name. Its code is loaded when it is first opened. */
const loaders = {
  assistant: () => import("./assistant/assistant-panel"),
  "delete-account": () => import("./account/delete-account-dialog"),
  help: () => import("./commands/help-dialog"),
  import: () => import("./account/import-dialog"),
  login: () => import("./account/login-dialog"),
  palette: () => import("./commands/palette"),
  password: () => import("./account/password-dialog"),
} satisfies Record<string, () => Promise<OverlayModule>>;

export type OverlayName = keyof typeof loaders;

type Opened = { name: string; Overlay: ComponentType<OverlayProps> };

let opened: readonly Opened[] = [];
const NONE: readonly Opened[] = [];
const listeners = new Set<() => void>();

function update(next: readonly Opened[]): void {
  opened = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Opens a dialog or panel, or does nothing when it is open already. */
export async function openOverlay(name: OverlayName): Promise<void> {
  try {
    const load: () => Promise<OverlayModule> = loaders[name];
    const { default: Overlay } = await load();
    if (!opened.some((other) => other.name === name)) update([...opened, { name, Overlay }]);
  } catch {
    notify({
      tone: "error",
      title: "That could not be opened",
      description: "Its code could not be loaded. Check your connection and try again.",
    });
  }
}

/** Where dialogs and panels appear; one per page. */
export function Overlays() {
  const shown = useSyncExternalStore(
    subscribe,
    () => opened,
    () => NONE,
  );
  // Whoever leaves the page leaves what is open over it.
  useEffect(() => () => update(NONE), []);
  return shown.map(({ name, Overlay }) => (
    <Overlay key={name} onClose={() => update(opened.filter((other) => other.name !== name))} />
  ));
}
