import { join } from "node:path";

// With the frontend's own packages, which are two folders above this one's tests.
const root = join(import.meta.dirname, "..", "..", "..");

export default {
  output: "standalone",
  outputFileTracingRoot: root,
  turbopack: { root },
};
