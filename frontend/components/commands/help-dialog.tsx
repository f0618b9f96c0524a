"use client";

import type { ReactNode } from "react";
import type { OverlayProps } from "@/components/open-overlay";
import { Dialog } from "@/components/ui/dialog";
import { KeyCaps } from "./key-caps";
import { QuickAddCases } from "./quick-add-cases";
import { setSingleKeys, useSingleKeys } from "./single-keys";
import { useAllCommands } from "./use-commands";

/** How the page is used with the keyboard, and what the field for new todos understands. */
export default function HelpDialog({ onClose }: OverlayProps) {
  const commands = useAllCommands().filter(({ keys }) => keys);
  const single = useSingleKeys();
  const entries = (scope: "page" | "list") =>
    commands
      .filter((command) => (command.scope ?? "page") === scope)
      .map(({ id, title, keys = [] }) => (
        <Entry key={id} term={title}>
          <KeyCaps keys={keys} />
        </Entry>
      ));
  const ofList = entries("list");

  return (
    <Dialog title="Keys and quick add" onClose={onClose} className="max-w-lg">
      <Section title="Anywhere on the page">{entries("page")}</Section>
      <label className="mt-3 flex min-h-11 items-center gap-3 text-sm">
        <input
          type="checkbox"
          checked={single}
          onChange={(event) => setSingleKeys(event.target.checked)}
          className="size-5 shrink-0 accent-accent"
        />
        Keys of a single character work anywhere
      </label>
      {ofList.length > 0 && <Section title="While the list has the focus">{ofList}</Section>}
      <QuickAddCases />
    </Dialog>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="mt-4 first-of-type:mt-0">
      <h3 className="mb-1 text-sm font-semibold">{title}</h3>
      <dl className="divide-y divide-line">{children}</dl>
    </section>
  );
}

function Entry({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="flex min-h-10 items-center justify-between gap-4 py-1.5 text-sm">
      <dt className="text-muted">{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
