"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ApiError } from "@/lib/api/problem";

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

/** What the interactive page needs around it. */
export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(createQueryClient);
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
