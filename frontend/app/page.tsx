import { cookies } from "next/headers";
import { SessionBanner } from "@/components/account/session-banner";
import { ClockProvider } from "@/components/todos/clock";
import { TodoApp } from "@/components/todos/todo-app";
import { Unavailable } from "@/components/todos/unavailable";
import { fetchVisitor, type Visitor } from "@/lib/api/server";
import { describeFetchFailure } from "@/lib/backend";
import { dayIn, knownZone, ZONE_COOKIE } from "@/lib/clock";
import { toListing } from "@/lib/todo-listing";
import { parseView } from "@/lib/todo-view";
import { type Fetched, Providers } from "./providers";

/**
 * The list, complete in the HTML. There is no loading.tsx on purpose: it would stream the list behind a
 * placeholder that only scripts replace, and readers without scripts would never see it.
 */
export default async function Page({ searchParams }: PageProps<"/">) {
  const now = Date.now();
  const zone = knownZone((await cookies()).get(ZONE_COOKIE)?.value);
  const listing = toListing(parseView(await searchParams), dayIn(zone, now));
  let visitor: Visitor;
  try {
    visitor = await fetchVisitor(listing);
  } catch (error) {
    console.error(`rendering the list: asking the backend at ${process.env.BACKEND_URL}: ${reason(error)}`);
    return <Unavailable />;
  }
  const { me, todos, sessionEnded } = visitor;
  return (
    <Providers fetched={JSON.stringify({ me, listing, todos, at: now } satisfies Fetched)}>
      <SessionBanner endedBefore={sessionEnded} />
      <ClockProvider now={now} zone={zone}>
        <TodoApp />
      </ClockProvider>
    </Providers>
  );
}

/** The failure below the API client's wrapping, for the log. */
function reason(error: unknown): string {
  return describeFetchFailure(error instanceof Error && error.cause ? error.cause : error);
}
