"use client";

import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import clsx from "clsx";
import { FileUp } from "lucide-react";
import { type DragEvent, useState } from "react";
import type { OverlayProps } from "@/components/open-overlay";
import { TODOS_KEY } from "@/components/todos/todo-query";
import { Button, buttonClass } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { FormProblem } from "@/components/ui/form-problem";
import { notify } from "@/components/ui/toast";
import { notifyUndoable } from "@/components/ui/undo-toast";
import { explain } from "@/lib/api/problem";
import { type ImportDocument, type ImportResult, importTodos } from "@/lib/api/transfer";
import { undoChange } from "@/lib/api/undo";
import { readImportFile } from "@/lib/import-file";
import { explainImport } from "./explain-import";

/** Imports an exported file: it is checked first, and only what the visitor has seen counted is imported. */
export default function ImportDialog({ onClose }: OverlayProps) {
  return (
    <Dialog
      title="Import todos"
      description="From a file that was exported here. What you have already is left as it is; what you deleted comes back."
      onClose={onClose}
    >
      {(close) => <ImportForm onDone={close} />}
    </Dialog>
  );
}

type Checked = { name: string; document: ImportDocument; result: ImportResult };

function ImportForm({ onDone }: { onDone: () => void }) {
  const client = useQueryClient();
  const check = useMutation({
    mutationFn: async (file: File): Promise<Checked> => {
      const document = (await readImportFile(file)) as ImportDocument;
      return { name: file.name, document, result: await importTodos(document, { dryRun: true }) };
    },
    onMutate: () => run.reset(),
  });
  const run = useMutation({
    mutationFn: ({ document }: Checked) => importTodos(document, { dryRun: false }),
    onSuccess({ created, restored, undo }) {
      const number = created + restored;
      const title = number === 1 ? "One todo was imported" : `${number} todos were imported`;
      const [token] = undo;
      if (token) notifyUndoable(title, token, () => void undoImport(client, undo));
      onDone();
    },
    // A part of it may be imported although another one failed.
    onSettled: () => client.invalidateQueries({ queryKey: TODOS_KEY }),
  });
  const error = run.error ?? check.error;
  const checked = check.data;

  return (
    <div className="grid gap-4">
      <FileDrop busy={check.isPending} onFile={(file) => !run.isPending && check.mutate(file)} />
      {error && <FormProblem>{explainImport(error)}</FormProblem>}
      {checked && !check.error && (
        <>
          <p role="status" className="rounded-xl bg-accent-soft px-3.5 py-3 text-sm leading-relaxed">
            <bdi className="font-semibold wrap-anywhere">{checked.name}</bdi>: {outcome(checked.result)}
          </p>
          <div className="flex flex-wrap justify-end gap-2">
            <button type="button" onClick={onDone} className={buttonClass("outline", "min-h-11")}>
              Cancel
            </button>
            {changes(checked.result) > 0 && (
              <Button
                aria-disabled={run.isPending}
                onClick={() => !run.isPending && run.mutate(checked)}
                className="min-h-11 aria-disabled:opacity-60"
              >
                {run.isPending ? "Importing…" : `Import ${changes(checked.result)}`}
              </Button>
            )}
          </div>
        </>
      )}
    </div>
  );
}

/** How many todos there will be more. */
function changes({ created, restored }: ImportResult): number {
  return created + restored;
}

/** What an import would do, in words. */
function outcome({ created, restored, skipped }: ImportResult): string {
  if (created + restored + skipped === 0) return "there are no todos in it.";
  if (created + restored === 0) return "you have all of its todos already.";
  const parts = [
    created > 0 && (created === 1 ? "one new todo" : `${created} new todos`),
    restored > 0 &&
      `${restored === 1 ? "one" : restored} that you deleted ${restored === 1 ? "comes" : "come"} back`,
    skipped > 0 && `${skipped} you have already`,
  ];
  return `${parts.filter(Boolean).join("; ")}.`;
}

/** Takes an import back, the last part of it first. */
async function undoImport(client: QueryClient, tokens: string[]): Promise<void> {
  try {
    for (const token of tokens) await undoChange(token);
    notify({ title: "The import was taken back" });
  } catch (error) {
    notify({ tone: "error", title: "Could not undo the import", description: explain(error) });
  }
  await client.invalidateQueries({ queryKey: TODOS_KEY });
}

/** A place to choose a file at, or to drop one on. */
function FileDrop({ busy, onFile }: { busy: boolean; onFile: (file: File) => void }) {
  const [over, setOver] = useState(false);

  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file) onFile(file);
  }

  return (
    <label
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={clsx(
        "field-ring flex cursor-pointer flex-col items-center gap-1 rounded-2xl border-2 border-dashed px-4 py-8 text-center transition-colors",
        over ? "border-accent bg-accent-soft" : "border-line-strong hover:bg-surface-hover",
      )}
    >
      <FileUp aria-hidden="true" className="mb-1.5 size-6 text-accent" strokeWidth={1.75} />
      <span className="text-sm font-semibold">{busy ? "Looking into it…" : "Choose a file"}</span>
      <span className="text-sm text-muted">or drop it here</span>
      <input
        type="file"
        accept=".json,application/json"
        className="sr-only"
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          // The same file may be chosen again after it was mended.
          event.target.value = "";
          if (file) onFile(file);
        }}
      />
    </label>
  );
}
