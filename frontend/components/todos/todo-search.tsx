"use client";

import { X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Icon } from "@/components/ui/icon";
import { isComposing } from "@/lib/composing";
import { MAX_QUERY, type TodoView } from "@/lib/todo-view";
import type { ChangeView } from "./use-todo-view";

type TodoSearchProps = {
  view: TodoView;
  onChange: ChangeView;
};

/** How long typing must rest before the list follows, in milliseconds. */
const REST_MS = 200;

/** The search field. What is typed goes to the URL, without a history entry for every letter. */
export function TodoSearch({ view, onChange }: TodoSearchProps) {
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [filled, setFilled] = useState(view.q !== "");

  // Back, forward and "clear" change the URL; the field follows unless it says the same already. At first it may say
  // what was typed before there was a script to see it: then the list follows.
  const seen = useRef(false);
  useEffect(() => {
    const field = input.current;
    const typed = field?.value ?? "";
    if (!seen.current && typed.trim() && typed.trim() !== view.q) onChange({ q: typed.trim() }, "replace");
    else if (field && typed.trim() !== view.q) field.value = view.q;
    seen.current = true;
    setFilled((field?.value ?? "") !== "");
    return () => clearTimeout(timer.current);
  }, [view.q, onChange]);

  function search(q: string) {
    clearTimeout(timer.current);
    onChange({ q: q.trim() }, "replace");
  }

  function follow(q: string) {
    setFilled(q !== "");
    clearTimeout(timer.current);
    timer.current = setTimeout(search, REST_MS, q);
  }

  function clear() {
    if (!input.current) return;
    input.current.value = "";
    input.current.focus();
    setFilled(false);
    search("");
  }

  return (
    <div className="field-ring flex items-center rounded-full border border-line-strong bg-surface pl-3.5 sm:w-56">
      <Icon name="search" className="size-4 text-muted" />
      <label htmlFor="search" className="sr-only">
        Search todos
      </label>
      <input
        ref={input}
        id="search"
        name="q"
        type="search"
        defaultValue={view.q}
        maxLength={MAX_QUERY}
        autoComplete="off"
        dir="auto"
        placeholder="Search"
        onChange={(event) => follow(event.target.value)}
        onKeyDown={(event) => {
          // Escape leaves a word that is being composed, and Enter takes it.
          if (isComposing(event.nativeEvent)) return;
          if (event.key === "Escape") clear();
          if (event.key === "Enter") search(event.currentTarget.value);
        }}
        className="h-10 min-w-0 flex-1 bg-transparent px-2.5 text-base placeholder:text-muted sm:text-sm"
      />
      {filled && (
        <button
          type="button"
          onClick={clear}
          aria-label="Clear search"
          className="grid size-10 shrink-0 place-items-center rounded-full text-muted transition-colors hover:text-ink"
        >
          <X aria-hidden="true" className="size-4" />
        </button>
      )}
    </div>
  );
}
