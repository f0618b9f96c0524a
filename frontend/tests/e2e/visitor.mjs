import assert from "node:assert/strict";
import { after } from "node:test";
import { baseUrl, launch, TIMEOUT_MS } from "./browser.mjs";

/** The browser of all visitors of a test file, from the first one on. */
let browser;
after(async () => (await browser)?.close());

/**
 * Opens a visitor: a browser profile of its own, watched for console errors and for requests to other hosts.
 * `close()` fails when there were any, except errors that match `expected`.
 */
export async function visit(options = {}) {
  browser ??= launch();
  const context = await (await browser).newContext({
    baseURL: baseUrl,
    viewport: { width: 1280, height: 800 },
    reducedMotion: "reduce", // what moves keeps a core busy; the journey in ingress/todos.test.mjs is made with it
    ...options,
  });
  context.setDefaultTimeout(TIMEOUT_MS);
  const problems = [];
  const expected = [];
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (/^(https?|wss?):$/.test(url.protocol) && url.origin !== new URL(baseUrl).origin) {
      problems.push(`request to another host: ${url.href}`);
    }
  });
  context.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()} ${message.location().url}`);
  });
  context.on("weberror", (error) => problems.push(`page: ${error.error().message}`));
  return {
    context,
    /** Says that console errors like this belong to the test. */
    expect: (pattern) => expected.push(pattern),
    async close() {
      await context.close();
      const unexpected = problems.filter((text) => !expected.some((pattern) => pattern.test(text)));
      assert.deepEqual(unexpected, []);
    },
  };
}
