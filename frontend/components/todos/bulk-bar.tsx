"use client";

import { Check, Tag, Trash2, X } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { Button, buttonClass, IconButton } from "@/components/ui/button";
import { Popover } from "@/components/ui/popover";
import { TextField } from "@/components/ui/text-field";
import type { BulkAction } from "@/lib/api/todos";
import { checkTags, readTags } from "@/lib/todo-text";
import { useChangeTodo } from "./use-change-todo";
import { MAX_SELECTED, type Selection } from "./use-selection";

/** What can be done with the selected todos, at the bottom of the window. Escape ends the selecting. */
export function BulkBar({ selection, shown }: { selection: Selection; shown: number }) {
  const { mutate } = useChangeTodo();
  const tag = useRef<HTMLButtonElement>(null);
  const [tagging, setTagging] = useState(false);
  const { todos, selectAll, clear } = selection;
  const none = todos.length === 0;

  function change(action: BulkAction) {
    mutate({ kind: "bulk", before: todos, action });
    clear();
    document.getElementById("new-todo")?.focus({ preventScroll: true });
  }

  return (
    <section
      aria-label="Selected todos"
      data-bottom-bar=""
      className="fixed inset-x-0 bottom-4 z-10 mx-auto flex w-fit max-w-[calc(100vw-1.5rem)] flex-wrap items-center justify-center gap-1 rounded-3xl border border-line bg-surface p-2 shadow-float"
    >
      <p role="status" className="px-2 text-sm font-semibold tabular-nums">
        {none ? "Select todos" : `${todos.length} selected`}
      </p>
      <Button look="quiet" onClick={selectAll}>
        {shown > MAX_SELECTED ? `First ${MAX_SELECTED}` : "All shown"}
      </Button>
      <span aria-hidden="true" className="mx-1 h-6 w-px bg-line max-sm:hidden" />
      <Button look="quiet" disabled={none} onClick={() => change({ action: "complete" })}>
        <Check aria-hidden="true" className="size-4" />
        Complete
      </Button>
      <Button ref={tag} look="quiet" disabled={none} aria-haspopup="dialog" onClick={() => setTagging(true)}>
        <Tag aria-hidden="true" className="size-4" />
        Tag
      </Button>
      <Button look="quiet" disabled={none} onClick={() => change({ action: "delete" })}>
        <Trash2 aria-hidden="true" className="size-4" />
        Delete
      </Button>
      <IconButton label="End selecting" onClick={clear}>
        <X aria-hidden="true" className="size-4.5" />
      </IconButton>
      {tagging && (
        <Popover anchor={tag} title="Add a tag" onClose={() => setTagging(false)}>
          {(close) => (
            <TagForm
              onTag={(name) => {
                close();
                change({ action: "tag", tag: name });
              }}
            />
          )}
        </Popover>
      )}
    </section>
  );
}

function TagForm({ onTag }: { onTag: (tag: string) => void }) {
  const [problem, setProblem] = useState<string>();

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const tags = readTags(String(new FormData(event.currentTarget).get("tag")));
    const wrong = tags.length === 1 ? checkTags(tags) : "Write one tag, such as errands.";
    setProblem(wrong);
    if (!wrong && tags[0]) onTag(tags[0]);
  }

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-3">
      <TextField label="Tag" name="tag" autoComplete="off" autoCapitalize="none" problem={problem} />
      <button type="submit" className={buttonClass()}>
        Add tag
      </button>
    </form>
  );
}
