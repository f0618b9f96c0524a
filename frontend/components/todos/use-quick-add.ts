"use client";

import { type RefObject, useEffect, useMemo, useState } from "react";
import type { QuickAdd } from "@/lib/quick-add";
import { useClock } from "./clock";

/** Reads what is typed and shows what was understood. It is loaded when the field is first used. */
async function loadCode() {
  const [{ parseQuickAdd, keepAsText }, { QuickAddPreview }] = await Promise.all([
    import("@/lib/quick-add"),
    import("./quick-add-preview"),
  ]);
  return { parseQuickAdd, keepAsText, QuickAddPreview };
}

type Code = Awaited<ReturnType<typeof loadCode>>;

/**
 * The text of the field for new todos, and what it means at this minute: exactly this is added. Until the
 * code is there, and when it cannot be loaded, all of it is title.
 */
export function useQuickAdd(field: RefObject<HTMLInputElement | null>) {
  const { now, zone } = useClock();
  const [text, setText] = useState("");
  const [code, setCode] = useState<Code>();
  const [used, setUsed] = useState(false);
  const meaning = useMemo(
    () => code?.parseQuickAdd(text, { now: new Date(now), zone }) ?? plain(text),
    [code, text, now, zone],
  );

  // It may have been used before there was a script to see it.
  useEffect(() => {
    if (!field.current) return;
    setText(field.current.value);
    setUsed(document.activeElement === field.current);
  }, [field]);

  useEffect(() => {
    if (used)
      loadCode().then(
        (loaded) => setCode(loaded),
        () => setUsed(false),
      );
  }, [used]);

  return {
    text,
    meaning,
    code,
    /** To be called when the field gets the focus. */
    use: () => setUsed(true),
    /** Takes a new text, and puts it into the field. */
    write(value: string) {
      if (field.current && field.current.value !== value) field.current.value = value;
      setText(value);
    },
  };
}

function plain(text: string): QuickAdd {
  return { title: text.trim(), due: null, priority: "normal", tags: [], repeat: null, understood: [] };
}
