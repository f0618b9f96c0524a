"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { later } from "@/components/ui/later";
import { notify } from "@/components/ui/toast";
import { ApiError } from "@/lib/api/error";
import type { Answer } from "./send-wish";
import type { Wish } from "./wish";

/** What makes changes, and shows them; the first rendering has none, so it comes after it. */
export const changes = later(() => import("./change-todo"));

const NOT_LOADED = "Its code could not be loaded. Check your connection and try again.";

/** How todos are changed: `mutateAsync` rejects when the change failed, `mutate` leaves that to the toast. */
export type ChangeTodo = {
  mutate: (wish: Wish) => void;
  mutateAsync: (wish: Wish) => Promise<Answer>;
};

/** Creates, changes, moves and deletes todos, one or many, and takes that back. */
export function useChangeTodo(): ChangeTodo {
  const client = useQueryClient();
  return useMemo(() => {
    const mutateAsync = (wish: Wish) =>
      new Promise<Answer>((resolve, reject) => {
        changes.load(
          ({ changeTodo }) => resolve(changeTodo(client, wish)),
          () => {
            notify({ tone: "error", title: "That could not be done", description: NOT_LOADED });
            reject(new ApiError(null, {}));
          },
        );
      });
    return { mutateAsync, mutate: (wish) => void mutateAsync(wish).catch(() => {}) };
  }, [client]);
}
