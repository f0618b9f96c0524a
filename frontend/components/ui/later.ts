"use client";

import { startTransition, useEffect, useState } from "react";
import { notify } from "./toast";

/** Code that comes after the first rendering. */
export type Later<Module> = {
  /** The module, once it is loaded. */
  get: () => Module | undefined;
  /** Loads it and then runs `use`; says so when it cannot be loaded, or has `fail` do that. */
  load: (use: (module: Module) => void, fail?: () => void) => void;
  /** Loads it ahead, so that it is there when the network is not. */
  warm: () => void;
};

/** Splits code off: `load` is a dynamic import. What is loaded already is used at once. */
export function later<Module>(load: () => Promise<Module>): Later<Module> {
  let module: Module | undefined;
  const keep = async () => {
    module = await load();
    return module;
  };
  return {
    get: () => module,
    load(use, fail = notifyNotLoaded) {
      if (module) use(module);
      else keep().then(use, fail);
    },
    warm: () => void keep().catch(() => {}),
  };
}

/** Says that something could not be opened because its code did not come. */
export function notifyNotLoaded(): void {
  notify({
    tone: "error",
    title: "That could not be opened",
    description: "Its code could not be loaded. Check your connection and try again.",
  });
}

/** A module that a component shows as soon as it wants it and it is there. */
export function useLater<Module>(code: Later<Module>, wanted: boolean): Module | undefined {
  const [, setLoaded] = useState(false);
  useEffect(() => {
    // What it replaces may be long: the page goes on answering meanwhile.
    if (wanted && !code.get()) code.load(() => startTransition(() => setLoaded(true)));
  }, [code, wanted]);
  return wanted ? code.get() : undefined;
}
