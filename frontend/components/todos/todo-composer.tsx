"use client";

import { type ClipboardEvent, type FormEvent, type KeyboardEvent, useRef, useState } from "react";
import { Button, buttonClass } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { announce } from "@/components/ui/live-region";
import { notify } from "@/components/ui/toast";
import { useHydrated } from "@/components/ui/use-hydrated";
import { fieldErrors } from "@/lib/api/error";
import type { Line, Listing } from "@/lib/api/todos";
import { isBlank } from "@/lib/text";
import { checkLine } from "@/lib/todo-text";
import { draftTodo } from "./draft";
import { changes, useChangeTodo } from "./use-change-todo";
import { lineOf, useQuickAdd } from "./use-quick-add";

type TodoComposerProps = { listing: Listing; onShowAll: () => void };

const OFFLINE = "You are offline. Your text stays here: press Enter again when you are back.";

/**
 * The field that adds a todo, with what was understood of it below. Enter sends the text as it is and waits for
 * nothing; the text comes back when adding failed and nothing else was typed since.
 */
export function TodoComposer({ listing, onShowAll }: TodoComposerProps) {
  const hydrated = useHydrated();
  const { mutateAsync } = useChangeTodo();
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string>();
  /** The lines of a text that was pasted, until it is edited: each is a todo of its own. */
  const [lines, setLines] = useState<string[]>();
  const { text, zone, preview, Preview, use, write } = useQuickAdd(input);

  function change(value: string, unsettled = false) {
    setProblem(undefined);
    setLines(undefined);
    write(value, unsettled);
  }

  function keep(value: string) {
    change(value);
    input.current?.focus();
    announce("Kept as text");
  }

  function paste(event: ClipboardEvent<HTMLInputElement>) {
    const pasted = event.clipboardData.getData("text");
    const { value, selectionStart, selectionEnd } = event.currentTarget;
    const whole = value.slice(0, selectionStart ?? 0) + pasted + value.slice(selectionEnd ?? value.length);
    const found = linesOf(whole);
    if (found.length < 2) return;
    event.preventDefault();
    change(found.join(" "));
    setLines(found);
  }

  async function addAll(texts: string[]) {
    input.current?.focus();
    const wrong = navigator.onLine ? texts.map(checkLine).find(Boolean) : OFFLINE;
    setProblem(wrong);
    if (wrong) return;
    change("");
    const failed: string[] = [];
    const sending = texts.map((one) => lineOf(one, zone));
    // A new one goes on top, so the last line is added first.
    for (const line of sending.toReversed()) {
      await add(line).catch((error) => {
        failed.unshift(line.text);
        setProblem(fieldErrors(error).text);
      });
    }
    if (failed.length > 0 && input.current?.value === "") {
      write(failed.join(" "));
      if (failed.length > 1) setLines(failed);
    }
  }

  async function add(line: Line) {
    const known = preview?.current && line.text === text ? preview.reading : undefined;
    const { understood: _, ...fields } = known ?? { title: line.text.trim(), understood: [] };
    const draft = draftTodo(fields, line.at);
    const { todos } = await mutateAsync({ kind: "create", draft, line });
    const [added] = todos;
    if (added && !changes.get()?.matchesListing(added, listing)) {
      notify({
        title: `Added “${added.title}”`,
        description: "It is not part of what is shown now.",
        action: { label: "Show all", onClick: onShowAll },
      });
    }
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    void addAll(lines ?? [text]);
  }

  return (
    <form onSubmit={submit} noValidate className="mb-7">
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
          dir="auto"
          enterKeyHint="done"
          placeholder="Buy milk tomorrow #home"
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? "new-todo-problem" : undefined}
          onFocus={use}
          onInput={(event) =>
            change(event.currentTarget.value, (event.nativeEvent as InputEvent).isComposing)
          }
          onCompositionEnd={(event) => change(event.currentTarget.value)}
          onKeyDown={stopUnsettledEnter}
          onPaste={paste}
          className="h-11 min-w-0 flex-1 bg-transparent text-base text-ellipsis placeholder:text-muted"
        />
        {/* Disabled, it also keeps Enter from sending the form before there is a script to take it. */}
        <button
          type="submit"
          disabled={!hydrated}
          className={buttonClass("primary", "min-h-11 max-sm:px-3.5")}
        >
          <Icon name="plus" />
          Add
        </button>
      </div>
      {problem && (
        <p id="new-todo-problem" role="alert" className="mt-2 pl-4 text-sm font-medium text-danger">
          {problem}
        </p>
      )}
      {lines ? (
        <div role="status" className="mt-2.5 flex flex-wrap items-center gap-2 px-1 text-sm">
          <span className="w-full pl-3 text-muted sm:w-auto">{lines.length} lines were pasted.</span>
          <Button type="submit">Add {lines.length} todos</Button>
          <Button look="outline" onClick={() => void addAll([lines.join(" ")])}>
            Add as one
          </Button>
        </div>
      ) : (
        preview && Preview && <Preview reading={preview.reading} stale={!preview.current} onKeep={keep} />
      )}
    </form>
  );
}

/** Enter that only settles what an input method offers sends nothing; Safari ends the composition before it. */
function stopUnsettledEnter(event: KeyboardEvent) {
  if (event.key === "Enter" && (event.nativeEvent.isComposing || event.keyCode === 229))
    event.preventDefault();
}

/** The lines of a text in which something can be seen. */
function linesOf(text: string): string[] {
  const lines = text.split(/[\n\v\f\r\u0085\u2028\u2029]/);
  return lines.map((line) => line.trim()).filter((line) => !isBlank(line));
}
