"use client";

import { Plus } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { buttonClass } from "@/components/ui/button";
import { announce } from "@/components/ui/live-region";
import { notify } from "@/components/ui/toast";
import { useHydrated } from "@/components/ui/use-hydrated";
import type { Listing } from "@/lib/api/todos";
import type { Understood } from "@/lib/quick-add";
import { matchesListing } from "@/lib/todo-listing";
import { checkTitle } from "@/lib/todo-text";
import { useChangeTodo } from "./use-change-todo";
import { useQuickAdd } from "./use-quick-add";
import { draftTodo } from "./wish";

type TodoComposerProps = { listing: Listing; onShowAll: () => void };

/**
 * The field that adds a todo, with what was understood of it below. The text comes back when adding failed
 * and nothing else was typed since.
 */
export function TodoComposer({ listing, onShowAll }: TodoComposerProps) {
  const hydrated = useHydrated();
  const { mutateAsync } = useChangeTodo();
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string>();
  const { text, meaning, code, use, read, write } = useQuickAdd(input);

  function keep(item: Understood) {
    if (!code) return;
    write(code.keepAsText(text, item));
    input.current?.focus();
    announce("Kept as text");
  }

  async function add(event: FormEvent) {
    event.preventDefault();
    input.current?.focus();
    const takeBack = () => {
      if (input.current?.value === "") write(text);
    };
    write("");
    const { understood: _, ...fields } = await read();
    const wrong = checkTitle(fields.title);
    setProblem(wrong);
    if (wrong) return takeBack();

    const draft = draftTodo(fields, new Date().toISOString());
    if (!matchesListing(draft, listing)) {
      notify({
        title: `Adding “${fields.title}”`,
        description: "It is not part of what is shown now.",
        action: { label: "Show all", onClick: onShowAll },
      });
    }
    await mutateAsync({ kind: "create", draft }).catch(takeBack);
  }

  return (
    <form onSubmit={add} noValidate className="mb-7">
      <div className="field-ring flex items-center gap-1 rounded-2xl border border-line-strong bg-surface p-1.5 pl-4 shadow-card">
        <label htmlFor="new-todo" className="sr-only">
          New todo
        </label>
        <input
          ref={input}
          id="new-todo"
          name="title"
          type="text"
          autoComplete="off"
          enterKeyHint="done"
          placeholder="Buy milk tomorrow #home"
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? "new-todo-problem" : undefined}
          onFocus={use}
          onInput={(event) => {
            setProblem(undefined);
            write(event.currentTarget.value);
          }}
          className="h-11 min-w-0 flex-1 bg-transparent text-base text-ellipsis placeholder:text-muted"
        />
        {/* Disabled, it also keeps Enter from sending the form before there is a script to take it. */}
        <button
          type="submit"
          disabled={!hydrated}
          className={buttonClass("primary", "min-h-11 max-sm:px-3.5")}
        >
          <Plus aria-hidden="true" className="size-4.5" strokeWidth={2.25} />
          Add
        </button>
      </div>
      {problem && (
        <p id="new-todo-problem" role="alert" className="mt-2 pl-4 text-sm font-medium text-danger">
          {problem}
        </p>
      )}
      {code && <code.QuickAddPreview text={text} meaning={meaning} onKeep={keep} />}
    </form>
  );
}
