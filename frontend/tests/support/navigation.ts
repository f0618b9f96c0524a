import { vi } from "vitest";

/** What the components use of next/navigation, on jsdom's address. */
export function useSearchParams(): URLSearchParams {
  return new URLSearchParams(window.location.search);
}

const router = { refresh: vi.fn<() => void>() };

export function useRouter() {
  return router;
}
