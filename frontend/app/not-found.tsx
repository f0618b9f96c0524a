import type { Metadata } from "next";
import { buttonClass } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Compass } from "@/components/ui/plain-icons";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main className="mx-auto grid min-h-dvh max-w-2xl place-items-center px-4">
      <Notice
        icon={Compass}
        level={1}
        title="There is nothing at this address"
        actions={
          <a href="/" className={buttonClass()}>
            Go to your todos
          </a>
        }
      />
    </main>
  );
}
