import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Providers } from "@/app/providers";
import { meQuery } from "@/components/account/me-query";
import { SessionBanner } from "@/components/account/session-banner";
import { TodoApp } from "@/components/todos/todo-app";
import { seedTodos } from "@/components/todos/todo-query";
import { LiveRegion } from "@/components/ui/live-region";
import { Toasts } from "@/components/ui/toasts";
import { parseView, viewHref } from "@/lib/todo-view";
import type { FakeApi } from "./fake-api";

/** Renders the page as the server hands it over: the first page of the view is there already. */
export function renderApp(api: FakeApi, href = "/") {
  window.history.replaceState(null, "", href);
  const params = new URL(window.location.href).searchParams;
  const client = new QueryClient();
  client.setQueryData(meQuery.queryKey, api.accounts.me);
  seedTodos(client, parseView(params), structuredClone(api.page(params)));
  render(
    <>
      <Providers>
        <HydrationBoundary state={dehydrate(client)}>
          <SessionBanner endedBefore={false} />
          <TodoApp />
        </HydrationBoundary>
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
