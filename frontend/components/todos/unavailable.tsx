import { Notice } from "@/components/ui/notice";
import { CloudOff } from "@/components/ui/plain-icons";
import { RetryLink } from "./retry-link";

/** The page while the backend cannot be reached. It comes back by itself. */
export function Unavailable() {
  return (
    <main className="mx-auto grid min-h-dvh max-w-2xl place-items-center px-4">
      <Notice icon={CloudOff} level={1} title="Your todos can’t be reached right now" actions={<RetryLink />}>
        <p>
          Nothing is lost: the service that keeps them did not answer. This page looks again every few
          seconds.
        </p>
        <p className="mt-3 text-sm">
          Running this app yourself? Its{" "}
          <a href="/healthz" className="font-medium text-ink underline underline-offset-4">
            health report
          </a>{" "}
          says what is wrong.
        </p>
      </Notice>
    </main>
  );
}
