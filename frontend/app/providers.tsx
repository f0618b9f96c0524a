"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { meQuery } from "@/components/account/me-query";
import { todosQuery } from "@/components/todos/todo-query";
import type { Me } from "@/lib/api/accounts";
import { ApiError } from "@/lib/api/error";
import type { Listing, TodoPage } from "@/lib/api/todos";

/** What the server fetched for a page, and when (in milliseconds since 1970). */
export type Fetched = { me: Me; listing: Listing; todos: TodoPage; at: number };

/** An answer that will not change by asking again. */
function isFinal(error: unknown): boolean {
  return error instanceof ApiError && error.status !== null && error.status < 500;
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // "always": without a network a request fails and is told, instead of waiting unseen.
      queries: { networkMode: "always", retry: (count, error) => count < 2 && !isFinal(error) },
      mutations: { networkMode: "always" },
    },
  });
}

/** Puts what the server fetched into a cache, as if the browser had asked for it then. */
function fill(client: QueryClient, { me, listing, todos, at }: Fetched): QueryClient {
  client.setQueryData(meQuery.queryKey, me, { updatedAt: at });
  client.setQueryData(
    todosQuery(listing).queryKey,
    { pages: [todos], pageParams: [null] },
    { updatedAt: at },
  );
  return client;
}

type ProvidersProps = {
  /** Fetched, as JSON: React hands a text on as it is, but looks at every value of an object, three times. */
  fetched?: string;
  children: ReactNode;
};

/** What the interactive page needs around it. What the server has fetched for it is not fetched again. */
export function Providers({ fetched, children }: ProvidersProps) {
  const [client] = useState(() =>
    fetched ? fill(createQueryClient(), JSON.parse(fetched)) : createQueryClient(),
  );
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
