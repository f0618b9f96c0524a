import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("is what the backend's OpenAPI document says (npm run generate:api makes it so)", async () => {
  const check = promisify(execFile)("npm", ["run", "--silent", "generate:api", "--", "--check"], {
    cwd: new URL("../..", import.meta.url),
  });
  await expect(check).resolves.toBeDefined();
});
