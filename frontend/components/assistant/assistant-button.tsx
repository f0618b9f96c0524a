"use client";

import { useEffect } from "react";
import { openOverlay } from "@/components/open-overlay";
import { buttonClass } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { useHydrated } from "@/components/ui/use-hydrated";
import { wasOpen } from "./remember-open";

/** The id of the field to write into, which is there while the panel is open. */
export const ASSISTANT_FIELD = "assistant-message";

/** The id of the button, which has the focus again when the panel closes. */
export const ASSISTANT_BUTTON = "open-assistant";

/** Opens the assistant, or moves the focus into it. */
export function openAssistant(): void {
  const field = document.getElementById(ASSISTANT_FIELD);
  if (field) field.focus();
  else openOverlay("assistant");
}

/** Opens the assistant, whose code is loaded then. After a reload it is open again if it was. */
export function AssistantButton() {
  const hydrated = useHydrated();

  useEffect(() => {
    if (wasOpen()) openOverlay("assistant");
  }, []);

  return (
    <button
      id={ASSISTANT_BUTTON}
      type="button"
      disabled={!hydrated}
      onClick={openAssistant}
      className={buttonClass("quiet", "min-h-11 max-sm:w-11 max-sm:px-0")}
    >
      <Icon name="sparkles" className="text-accent" />
      <span className="max-sm:sr-only">Assistant</span>
    </button>
  );
}
