"use client";

import { type ComponentType, useEffect, useState } from "react";
import { notifyNotLoaded } from "@/components/ui/later";
import { type OverlayName, type OverlayProps, provideOverlays } from "./open-overlay";

type Overlay = ComponentType<OverlayProps>;

/** Everything that opens over the page, by name. Its code is loaded when it is first opened. */
const loaders: Record<OverlayName, () => Promise<{ default: Overlay }>> = {
  assistant: () => import("./assistant/assistant-panel"),
  "delete-account": () => import("./account/delete-account-dialog"),
  help: () => import("./commands/help-dialog"),
  import: () => import("./account/import-dialog"),
  login: () => import("./account/login-dialog"),
  palette: () => import("./commands/palette"),
  password: () => import("./account/password-dialog"),
};

type Opened = { name: OverlayName; Overlay: Overlay };

/** Where dialogs and panels appear; one per page. */
export function Overlays() {
  const [opened, setOpened] = useState<readonly Opened[]>([]);

  useEffect(
    () =>
      provideOverlays((name) => {
        const add = ({ default: Overlay }: { default: Overlay }) =>
          setOpened((now) => (now.some((other) => other.name === name) ? now : [...now, { name, Overlay }]));
        loaders[name]().then(add, notifyNotLoaded);
      }),
    [],
  );

  const close = (name: OverlayName) => setOpened((now) => now.filter((other) => other.name !== name));
  return opened.map(({ name, Overlay }) => <Overlay key={name} onClose={() => close(name)} />);
}
