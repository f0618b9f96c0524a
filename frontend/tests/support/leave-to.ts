import { vi } from "vitest";

/** In the place of `@/lib/leave-to`: jsdom goes nowhere. */
export const leaveTo = vi.fn<(path: string) => void>();
