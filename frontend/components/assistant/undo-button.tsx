"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { TODOS_KEY } from "@/components/todos/todo-query";
import { announce } from "@/components/ui/live-region";
import { ApiError, explain } from "@/lib/api/problem";
import { undoChange } from "@/lib/api/undo";
import { withdrawUndo } from "@/lib/undo-stack";

/** Takes one change of the assistant back, and says whether that was possible. */
export function UndoButton({ token, summary }: { token: string; summary: string }) {
  const client = useQueryClient();
  const undo = useMutation({
    onMutate: () => withdrawUndo(token),
    mutationFn: () => undoChange(token),
    onSuccess: () => announce("Undone"),
    onSettled: () => client.invalidateQueries({ queryKey: TODOS_KEY }),
  });
  if (undo.isSuccess) return <p className="text-muted">Undone</p>;
  if (undo.isError)
    return (
      <p role="alert" className="max-w-3/5 text-right text-danger">
        {explainUndo(undo.error)}
      </p>
    );
  return (
    <button
      type="button"
      aria-label={`Undo: ${summary}`}
      aria-disabled={undo.isPending}
      onClick={() => !undo.isPending && undo.mutate()}
      className="-my-1.5 -mr-2 flex min-h-9 shrink-0 items-center gap-1.5 rounded-full px-3 font-semibold text-accent transition-colors hover:bg-accent-soft"
    >
      <Undo2 aria-hidden="true" className="size-4" />
      Undo
    </button>
  );
}

function explainUndo(error: unknown): string {
  if (error instanceof ApiError && error.is("undo-gone")) return "It was undone already, or is too long ago.";
  if (error instanceof ApiError && error.is("undo-stale")) return "It was changed since, so it stays.";
  return explain(error);
}
