"use client";

import { type RefObject, useEffect, useState } from "react";
import { loadTodosApi } from "@/lib/api/load";
import type { Line, Reading } from "@/lib/api/todos";
import { dayComesFirst } from "@/lib/clock";
import { useClock } from "./clock";

type Preview = typeof import("./quick-add-preview").QuickAddPreview;

/** How long typing rests before the backend is asked, in milliseconds. */
const REST_MS = 120;

/** A text with all that its meaning depends on, as of now. */
export function lineOf(text: string, zone: string): Line {
  return { text, at: new Date().toISOString(), zone, day_first: dayComesFirst() };
}

/**
 * The text of the field for new todos, and the last answer to what it means. An answer to an earlier text
 * stays until there is one to this: it tells its own text. Without an answer there is no preview, and no harm.
 */
export function useQuickAdd(field: RefObject<HTMLInputElement | null>) {
  const { now, zone } = useClock();
  const [text, setText] = useState("");
  const [read, setRead] = useState<{ text: string; reading: Reading }>();
  const [Preview, setPreview] = useState<Preview>();
  const [used, setUsed] = useState(false);
  const [unsettled, setUnsettled] = useState(false);

  // It may have been used before there was a script to see it.
  useEffect(() => {
    if (!field.current) return;
    setText(field.current.value);
    setUsed(document.activeElement === field.current);
  }, [field]);

  useEffect(() => {
    if (!used) return;
    import("./quick-add-preview").then(
      (code) => setPreview(() => code.QuickAddPreview),
      () => setUsed(false),
    );
  }, [used]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: with the minute, "in an hour" means another time
  useEffect(() => {
    if (text.trim() === "") setRead(undefined);
    if (text.trim() === "" || unsettled) return;
    let latest = true;
    const timer = setTimeout(async () => {
      try {
        const { readLine } = await loadTodosApi();
        const reading = await readLine(lineOf(text, zone));
        if (latest) setRead({ text, reading });
      } catch {
        // The next text asks again; Enter needs no preview.
      }
    }, REST_MS);
    // What is asked already is not given up. When it was, Chromium rarely reported a broken answer to it
    // (ERR_CONTENT_LENGTH_MISMATCH, on busy machines); why is not known.
    return () => {
      clearTimeout(timer);
      latest = false;
    };
  }, [text, unsettled, zone, now]);

  return {
    text,
    zone,
    /** The last answer; `current` when it is to the text in the field. */
    preview: read && { reading: read.reading, current: read.text === text },
    Preview,
    /** To be called when the field gets the focus. */
    use: () => setUsed(true),
    /** Takes a new text, and puts it into the field. What an input method has not settled yet is not read. */
    write(value: string, composing = false) {
      setUnsettled(composing);
      if (field.current && field.current.value !== value) field.current.value = value;
      setText(value);
    },
  };
}
