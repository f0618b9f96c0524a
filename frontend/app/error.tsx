"use client";

import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Warning } from "@/components/ui/plain-icons";

/** What is shown when rendering failed in a way that nothing else expected. */
export default function ErrorPage({ retry }: { retry: () => void }) {
  return (
    <main className="mx-auto grid min-h-dvh max-w-2xl place-items-center px-4">
      <Notice
        icon={Warning}
        level={1}
        title="This page stumbled"
        actions={<Button onClick={() => retry()}>Try again</Button>}
      >
        Your todos are safe. Try again, and reload the page if that does not help.
      </Notice>
    </main>
  );
}
