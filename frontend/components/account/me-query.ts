import { queryOptions } from "@tanstack/react-query";
import type { Me } from "@/lib/api/accounts";

/** Who is visiting. The page comes with it; only a change of the session makes it anew. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async ({ signal }): Promise<Me> => {
    const { getMe } = await import("@/lib/api/accounts");
    return getMe({ signal });
  },
  staleTime: Number.POSITIVE_INFINITY,
});
