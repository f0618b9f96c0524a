"use client";

import { useEffect, useRef, useState } from "react";
import type { FormProblems } from "./credentials";

/** What is wrong with a form. When something is found, the first field that it is about gets the focus. */
export function useFormProblems() {
  const form = useRef<HTMLFormElement>(null);
  const [problems, setProblems] = useState<FormProblems>({});

  useEffect(() => {
    if (Object.keys(problems).length === 0) return;
    form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [problems]);

  return { form, problems, setProblems };
}
