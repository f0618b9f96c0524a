import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": import.meta.dirname } },
  test: {
    // A busy machine is slow: only a hang takes longer.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    clearMocks: true,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    // Loading everything anew for each file would take as long as the tests; tests/support/setup.ts tidies up after each.
    isolate: false,
    maxWorkers: "100%",
    // One after the other: a worker serves files of one kind only, and is not made anew between them.
    projects: [
      {
        extends: true,
        test: { name: "functions", include: ["{app,components,lib,serve}/**/*.test.ts", "*.test.ts"] },
      },
      {
        extends: true,
        test: {
          name: "components",
          sequence: { groupOrder: 1 },
          include: ["components/**/*.test.tsx"],
          environment: "jsdom",
          setupFiles: ["tests/support/setup.ts"],
        },
      },
    ],
  },
});
