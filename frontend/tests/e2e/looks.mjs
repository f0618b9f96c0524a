import assert from "node:assert/strict";
import axe from "axe-core";
import { keep } from "./browser.mjs";

/** WCAG 2.2 A and AA, and what axe-core calls good practice. */
const EVERYTHING = {
  type: "tag",
  values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
};

/** All that a colour scheme can change. */
const COLOURS = { type: "rule", values: ["color-contrast"] };

/** What axe-core finds wrong with the page by some of its rules. */
async function violations(page, runOnly) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
  const { violations: found } = await page.evaluate(
    (rules) => globalThis.axe.run(document, { runOnly: rules, resultTypes: ["violations"] }),
    runOnly,
  );
  return found.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join(" ")}`,
  );
}

/** Fails unless the page fits its window. */
export async function fits(page) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(overflow <= 0, `nothing sticks out (${overflow} px)`);
}

/** Fails unless the page fits its window and is accessible, in light and in dark; keeps a screenshot of each. */
export async function looksRight(page, name) {
  await fits(page);
  for (const [colorScheme, rules] of [
    ["light", EVERYTHING],
    ["dark", COLOURS],
  ]) {
    await page.emulateMedia({ colorScheme });
    await keep(page, `${name}-${colorScheme}`);
    assert.deepEqual(await violations(page, rules), [], `in ${colorScheme}`);
  }
}
