import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { toast } from "sonner";
import { Providers } from "@/app/providers";
import { SessionBanner } from "@/components/account/session-banner";
import { ClockProvider } from "@/components/todos/clock";
import { rest, TodoApp } from "@/components/todos/todo-app";
import { changes } from "@/components/todos/use-change-todo";
import { LiveRegion } from "@/components/ui/live-region";
import { Toasts } from "@/components/ui/toasts";
import { dayIn, localZone } from "@/lib/clock";
import { toListing } from "@/lib/todo-listing";
import { parseView, viewHref } from "@/lib/todo-view";
import type { FakeApi } from "./fake-api";

// Here the browser is idle at once, and has what it loads then.
globalThis.requestIdleCallback = (run) => {
  run({ didTimeout: false, timeRemaining: () => 50 });
  return 0;
};
globalThis.cancelIdleCallback = () => {};
await Promise.all([rest, changes].map((code) => new Promise((loaded) => code.load(loaded))));

/** Renders the page as the server hands it over: the first page of the view is there already. */
export function renderApp(api: FakeApi, href = "/") {
  window.history.replaceState(null, "", href);
  // The toasts' store outlives a test.
  toast.dismiss();
  const now = Date.now();
  const zone = localZone();
  const listing = toListing(parseView(new URL(window.location.href).searchParams), dayIn(zone, now));
  const todos = api.page(
    new URLSearchParams(Object.entries(listing).map(([name, value]) => [name, String(value)])),
  );
  render(
    <>
      <Providers fetched={JSON.stringify({ me: api.accounts.me, listing, todos, at: now })}>
        <SessionBanner endedBefore={false} />
        <ClockProvider now={now} zone={zone}>
          <TodoApp />
        </ClockProvider>
      </Providers>
      <LiveRegion />
      <Toasts />
    </>,
  );
  return userEvent.setup();
}

/** The titles on the screen, ticked ones marked with "✓". */
export function titles(): string[] {
  return screen
    .queryAllByRole<HTMLInputElement>("checkbox")
    .map((box) => `${box.checked ? "✓ " : ""}${box.getAttribute("aria-label")}`);
}

/** The address as a view's href. */
export function address(): string {
  return viewHref(parseView(new URL(window.location.href).searchParams));
}
