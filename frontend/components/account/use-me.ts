"use client";

import { type QueryClient, useQuery } from "@tanstack/react-query";
import type { Me } from "@/lib/api/accounts";
import { meQuery } from "./me-query";

const UNKNOWN_GUEST: Me = { email: null, guest: true, created_at: null };

/** Who is visiting, as far as it is known. */
export function useMe(): Me {
  return useQuery(meQuery).data ?? UNKNOWN_GUEST;
}

/** The visitor has become somebody else: nothing that was known before holds, and what is shown is fetched again. */
export async function becomeVisitor(client: QueryClient, me: Me = UNKNOWN_GUEST): Promise<void> {
  client.setQueryData(meQuery.queryKey, me);
  await client.resetQueries({ predicate: ({ queryKey }) => queryKey[0] !== meQuery.queryKey[0] });
}
