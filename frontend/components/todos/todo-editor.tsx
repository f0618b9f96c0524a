"use client";

import { type FormEvent, type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";
import { Button, buttonClass } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import { controlClass, TextField } from "@/components/ui/text-field";
import type { Priority, Repeat, Todo, TodoChanges } from "@/lib/api/todos";
import { knownZone } from "@/lib/clock";
import { isComposing } from "@/lib/composing";
import { zoneName } from "@/lib/due-text";
import { isolated } from "@/lib/text";
import { changesOf, checkDraft, type Draft, draftOf, type Problem } from "@/lib/todo-draft";
import { PRIORITIES } from "@/lib/todo-view";
import { useClock } from "./clock";
import { REPEAT_TEXT } from "./todo-meta";

type TodoEditorProps = {
  todo: Todo;
  onCancel: () => void;
  /** Takes what was changed, or nothing when all is as before. */
  onSave: (changes: TodoChanges | undefined) => void;
};

const PRIORITY_TEXT: Record<Priority, string> = { high: "High", normal: "Normal", low: "Low" };
const PRIORITY_OPTIONS = PRIORITIES.map((value) => [value, PRIORITY_TEXT[value]] as const);
const REPEAT_OPTIONS = [
  ["", "Never"],
  ...Object.entries(REPEAT_TEXT).map(([value, text]) => [value as Repeat, text] as const),
] as const satisfies (readonly [Repeat | "", string])[];

/** Edits a todo in its row. Enter saves, Escape cancels, Shift+Enter is a new line in the note. */
export function TodoEditor({ todo, onCancel, onSave }: TodoEditorProps) {
  const id = useId();
  const { zone } = useClock();
  const [draft, setDraft] = useState(() => draftOf(todo, zone));
  const [problem, setProblem] = useState<Problem>();
  const form = useRef<HTMLFormElement>(null);
  const set = (change: Partial<Draft>) => setDraft((current) => ({ ...current, ...change }));

  function save(event?: FormEvent) {
    event?.preventDefault();
    const wrong = checkDraft(draft) ?? checkFields(form.current);
    setProblem(wrong);
    if (wrong) return;
    const changes = changesOf(todo, draft);
    onSave(Object.keys(changes).length > 0 ? changes : undefined);
  }

  function onKeyDown(event: KeyboardEvent) {
    // An input method confirms its word with Enter and leaves with Escape; neither is meant for the form.
    if (isComposing(event.nativeEvent)) return;
    if (event.key === "Escape") {
      event.preventDefault();
      onCancel();
    } else if (event.key === "Enter" && !event.shiftKey && !isChoice(event.target)) {
      event.preventDefault();
      save();
    }
  }

  // A date that is half typed is not none: what depends on it waits.
  const [half, setHalf] = useState(false);
  const noDate = draft.date === "" && !half;

  const describe = (field: Problem["field"]) =>
    problem?.field === field ? { "aria-invalid": true, "aria-describedby": `${id}-problem` } : {};

  return (
    <form
      ref={form}
      onSubmit={save}
      onKeyDown={onKeyDown}
      noValidate
      aria-label={`Edit ${isolated(todo.title)}`}
      className="p-3 sm:p-4"
    >
      <div className="field-ring rounded-2xl border border-line-strong">
        <label htmlFor={`${id}-title`} className="sr-only">
          Title
        </label>
        <input
          id={`${id}-title`}
          type="text"
          value={draft.title}
          // biome-ignore lint/a11y/noAutofocus: the user has just asked to edit exactly this
          autoFocus
          autoComplete="off"
          enterKeyHint="done"
          dir="auto"
          onChange={(event) => set({ title: event.target.value })}
          {...describe("title")}
          className="h-11 w-full bg-transparent px-4 pt-1 text-base font-medium"
        />
        <label htmlFor={`${id}-note`} className="sr-only">
          Note
        </label>
        <textarea
          id={`${id}-note`}
          value={draft.description}
          placeholder="Add a note"
          dir="auto"
          onChange={(event) => set({ description: event.target.value })}
          {...describe("description")}
          className="field-sizing-content max-h-60 min-h-11 w-full resize-none bg-transparent px-4 pb-3 text-base leading-relaxed placeholder:text-muted sm:text-sm"
        />
      </div>
      {problem && ["title", "description"].includes(problem.field) && (
        <p id={`${id}-problem`} role="alert" className="mt-2 pl-4 text-sm font-medium text-danger">
          {problem.text}
        </p>
      )}
      <div className="mt-4 grid grid-cols-2 gap-3 px-1 sm:grid-cols-4">
        {problem && ["date", "time"].includes(problem.field) && (
          <p id={`${id}-problem`} role="alert" className="col-span-full text-sm font-medium text-danger">
            {problem.text}
          </p>
        )}
        <Labelled label="Due date" htmlFor={`${id}-date`}>
          <input
            id={`${id}-date`}
            name="date"
            type="date"
            min="1970-01-01"
            max="9998-12-31"
            value={draft.date}
            onChange={(event) => {
              set({ date: event.target.value });
              setHalf(event.target.validity.badInput);
            }}
            {...describe("date")}
            className={controlClass("w-full min-w-0 px-3")}
          />
        </Labelled>
        <Labelled label="Time" htmlFor={`${id}-time`}>
          <input
            id={`${id}-time`}
            name="time"
            type="time"
            value={draft.time}
            disabled={noDate}
            onChange={(event) => set({ time: event.target.value })}
            {...describe("time")}
            className={controlClass("w-full min-w-0 px-3 disabled:opacity-60")}
          />
        </Labelled>
        <Select
          label="Repeat"
          value={noDate ? "" : draft.repeat}
          options={REPEAT_OPTIONS}
          disabled={noDate}
          onChange={(repeat) => set({ repeat })}
        />
        <Select
          label="Priority"
          value={draft.priority}
          options={PRIORITY_OPTIONS}
          onChange={(priority) => set({ priority })}
        />
        {draft.date !== "" && draft.time !== "" && (
          <div className="col-span-2">
            <Select
              label="Time zone"
              value={draft.zone}
              options={zoneOptions(draft.zone, zone)}
              onChange={(next) => set({ zone: next })}
            />
          </div>
        )}
        <TextField
          label="Tags"
          value={draft.tags}
          autoComplete="off"
          autoCapitalize="none"
          placeholder="home, errands"
          problem={problem?.field === "tags" ? problem.text : undefined}
          onChange={(event) => set({ tags: event.target.value })}
          className={draft.date !== "" && draft.time !== "" ? "col-span-2" : "col-span-2 sm:col-span-4"}
        />
      </div>
      <div className="mt-4 flex items-center justify-end gap-2">
        <p className="mr-auto hidden pl-1 text-xs text-muted sm:block">Enter saves, Escape cancels</p>
        <Button look="quiet" onClick={onCancel}>
          Cancel
        </Button>
        <button type="submit" className={buttonClass()}>
          Save
        </button>
      </div>
    </form>
  );
}

/** What is wrong with the date or the time as it stands in its field, where it may be half typed; not where it is off. */
function checkFields(form: HTMLFormElement | null): Problem | undefined {
  for (const field of ["date", "time"] as const) {
    const input = form?.elements.namedItem(field);
    if (input instanceof HTMLInputElement && input.willValidate && !input.validity.valid)
      return { field, text: WRONG[field] };
  }
}

const WRONG = {
  date: "This is not a day of the calendar, or too far away. Complete it, or clear all of it.",
  time: "This is not a time of the day. Complete it, or clear all of it.",
};

/** Whether Enter means something of its own on an element. */
function isChoice(target: EventTarget): boolean {
  return target instanceof HTMLButtonElement || target instanceof HTMLSelectElement;
}

type LabelledProps = { label: string; htmlFor: string; children: ReactNode };

function Labelled({ label, htmlFor, children }: LabelledProps) {
  return (
    <div className="min-w-0">
      <label htmlFor={htmlFor} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      {children}
    </div>
  );
}

/** One name for a zone that has several, as far as the browser knows them. */
const canonical = (zone: string) => knownZone(zone);

/** Every time zone that the browser knows, and the ones in use even when it does not. */
function zoneOptions(...used: string[]): (readonly [string, string])[] {
  const named = new Set(used.map(canonical));
  const others = Intl.supportedValuesOf("timeZone").filter((zone) => !named.has(canonical(zone)));
  const zones = new Set([...used, ...others]);
  return [...zones].sort().map((zone) => {
    const region = zone.split("/").slice(0, -1).join("/");
    return [zone, region ? `${zoneName(zone)} (${region})` : zone] as const;
  });
}
