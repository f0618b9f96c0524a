import assert from "node:assert/strict";
import axe from "axe-core";
import { keep } from "./browser.mjs";

/** What axe-core finds against WCAG 2.2 A and AA. */
async function violations(page) {
  await page.evaluate(axe.source);
  const { violations: found } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }),
  );
  return found.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join(" ")}`,
  );
}

/** Fails unless the page fits its window and is accessible; keeps a screenshot of it. */
export async function looksRight(page, name) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await keep(page, name);
  assert.ok(overflow <= 0, `nothing sticks out (${overflow} px)`);
  assert.deepEqual(await violations(page), []);
}
