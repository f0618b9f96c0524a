import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";

/** Where the app is, as a user would type it. */
export const baseUrl = process.env.E2E_BASE_URL || "http://todo.local";

/** How long anything may take on a machine that does much else, in milliseconds; only a hang takes longer. */
export const TIMEOUT_MS = 300_000;

/**
 * Starts Chromium. Set E2E_RESOLVE to the address that the app's name shall mean, when the machine
 * does not know the name itself.
 */
export async function launch() {
  const { hostname } = new URL(baseUrl);
  const address = process.env.E2E_RESOLVE;
  return chromium.launch({
    timeout: TIMEOUT_MS,
    executablePath: process.env.CHROMIUM_PATH || "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...(address ? [`--host-resolver-rules=MAP ${hostname} ${address}`] : []),
    ],
  });
}

/** Opens the app and waits until it takes input. */
export async function open(context, path = "/") {
  const page = await context.newPage();
  let answer = await page.goto(path);
  // A server that is busy refuses a page and says when to try again, as a visitor would.
  while (answer.headers()["retry-after"]) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    answer = await page.goto(path);
  }
  await ready(page);
  return page;
}

/** Waits until the page's scripts run, those of the keys, too, which come last. */
export async function ready(page) {
  await page.locator("button:enabled", { hasText: "Add" }).waitFor();
  await page.locator("button:enabled[aria-label=Commands]").waitFor();
}

/** Keeps a screenshot of the page in E2E_ARTIFACTS, if that is set. */
export async function keep(page, name) {
  const folder = process.env.E2E_ARTIFACTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });
}

/** Asks until the answer is as expected; fails with the last difference. */
export async function eventually(ask, expected) {
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    const answer = await ask();
    try {
      return assert.deepEqual(answer, expected);
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
