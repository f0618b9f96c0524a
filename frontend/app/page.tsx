import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import { TodoApp } from "@/components/todos/todo-app";
import { seedTodos } from "@/components/todos/todo-query";
import { Unavailable } from "@/components/todos/unavailable";
import { fetchTodos } from "@/lib/api/server";
import { describeFetchFailure } from "@/lib/backend";
import { parseView } from "@/lib/todo-view";
import { Providers } from "./providers";

/**
 * The list, complete in the HTML. There is no loading.tsx on purpose: it would stream the list behind a
 * placeholder that only scripts replace, and readers without scripts would never see it.
 */
export default async function Page({ searchParams }: PageProps<"/">) {
  const view = parseView(await searchParams);
  const client = new QueryClient();
  try {
    seedTodos(client, view, await fetchTodos(view));
  } catch (error) {
    console.error(`rendering the list: asking the backend at ${process.env.BACKEND_URL}: ${reason(error)}`);
    return <Unavailable />;
  }
  return (
    <Providers>
      <HydrationBoundary state={dehydrate(client)}>
        <TodoApp />
      </HydrationBoundary>
    </Providers>
  );
}

/** The failure below the API client's wrapping, for the log. */
function reason(error: unknown): string {
  return describeFetchFailure(error instanceof Error && error.cause ? error.cause : error);
}
