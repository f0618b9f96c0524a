"use client";

import { useEffect, useSyncExternalStore } from "react";
import { loadToaster, toasterStore } from "./toast";
import { whenIdle } from "./when-idle";

/** Where toasts appear. Their code comes after the first rendering, so that it is there when the network is not. */
export function Toasts() {
  const loaded = useSyncExternalStore(toasterStore.subscribe, toasterStore.current, () => undefined);
  useEffect(() => whenIdle(() => void loadToaster().catch(() => {})), []);
  return loaded ? <loaded.Toaster /> : null;
}
