"use client";

import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
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

/** How long a text that was entered before the code was there waits for it, in milliseconds. */
const PATIENCE_MS = 2_000;

/**
 * The text of the field for new todos, and what it means at this minute: exactly this is added. When the
 * code cannot be loaded, all of it is title.
 */
export function useQuickAdd(field: RefObject<HTMLInputElement | null>) {
  const { now, zone } = useClock();
  const [text, setText] = useState("");
  const [code, setCode] = useState<Code>();
  const [used, setUsed] = useState(false);
  const loading = useRef<Promise<Code | undefined>>(undefined);
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
    if (!used) return;
    loading.current = loadCode().catch(() => undefined);
    loading.current.then((loaded) => (loaded ? setCode(loaded) : setUsed(false)));
  }, [used]);

  return {
    text,
    meaning,
    code,
    /** To be called when the field gets the focus. */
    use: () => setUsed(true),
    /** What the text means; whoever enters it before the code is there gets the same, a moment later. */
    async read(): Promise<QuickAdd> {
      if (code) return meaning;
      const patience = new Promise<undefined>((end) => setTimeout(end, PATIENCE_MS));
      const loaded = await Promise.race([loading.current, patience]);
      return loaded?.parseQuickAdd(text, { now: new Date(now), zone }) ?? meaning;
    },
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
