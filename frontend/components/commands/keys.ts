"use client";

import { type RefObject, useEffect } from "react";
import { useAccountCommands } from "@/components/account/use-account-commands";
import { useMe } from "@/components/account/use-me";
import { type ListKeysProps, useListKeys } from "@/components/todos/list-keys";
import { changeView } from "@/components/todos/use-todo-view";
import { usePageCommands } from "./page-commands";

/** Offers what can be done on the page, with its keys, as long as it is there. */
export function PageCommands(): null {
  usePageCommands(changeView);
  useAccountCommands(useMe().guest);
  return null;
}

type Handler = ReturnType<typeof useListKeys>;

/** Has the list's keys work as long as it is there: `handler` is to be called with each key that is pressed in it. */
export function ListKeys({
  handler,
  ...list
}: ListKeysProps & { handler: RefObject<Handler | undefined> }): null {
  const onKeyDown = useListKeys(list);
  useEffect(() => {
    handler.current = onKeyDown;
    return () => {
      handler.current = undefined;
    };
  });
  return null;
}
