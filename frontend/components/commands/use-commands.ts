"use client";

import { useEffect, useRef, useSyncExternalStore } from "react";
import { type Command, currentCommands, registerCommands, subscribeToCommands } from "@/lib/commands";

/** Offers commands, with their keys, as long as the component is on the page. */
export function useCommands(commands: readonly Command[]): void {
  const owner = useRef({});
  useEffect(() => registerCommands(owner.current, commands), [commands]);
}

const NONE: readonly Command[] = [];

/** All commands of this moment. */
export function useAllCommands(): readonly Command[] {
  return useSyncExternalStore(subscribeToCommands, currentCommands, () => NONE);
}
