import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import axe from "axe-core";
import { keep, launch, open, visit } from "./browser.mjs";
import { TodoPage } from "./todo-page.mjs";

const LONG =
  "Return the library books: the long one about lighthouses, and Donaudampfschifffahrtsgesellschaftskapitän";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

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

for (const colorScheme of ["light", "dark"]) {
  for (const width of [360, 1440]) {
    describe(`in ${colorScheme}, ${width} pixels wide`, () => {
      let visitor;
      let todos;
      before(async () => {
        visitor = await visit(browser, {
          colorScheme,
          viewport: { width, height: width === 360 ? 780 : 900 },
          reducedMotion: "reduce",
          hasTouch: width === 360,
        });
        todos = new TodoPage(await open(visitor.context));
      });

      async function looksRight(name) {
        const overflow = await todos.page.evaluate(
          () => document.documentElement.scrollWidth - window.innerWidth,
        );
        await keep(todos.page, `${name}-${colorScheme}-${width}`);
        assert.ok(overflow <= 0, `nothing sticks out (${overflow} px)`);
        assert.deepEqual(await violations(todos.page), []);
      }

      it("is accessible and fits when empty", () => looksRight("empty"));

      it("is accessible and fits with todos", async () => {
        for (const title of [LONG, "Call grandma", "Water the plants on the balcony", "Renew the passport"]) {
          await todos.add(title);
        }
        await todos.written(() => todos.checkbox("Call grandma").click());
        await looksRight("todos");
      });

      it("is accessible and fits while editing", async () => {
        await todos.text("Renew the passport").click();
        await todos.page.getByRole("textbox", { name: "Note" }).fill("Bring two photos and the old one.");
        await looksRight("editing");
        await todos.page.keyboard.press("Escape");
      });

      it("is accessible and fits when nothing is found", async () => {
        await todos.searchField.fill("x".repeat(100));
        await todos.page.getByRole("heading", { name: /Nothing found/ }).waitFor();
        await looksRight("nothing-found");
      });

      it("caused no console error and asked no other host", () => visitor.close());
    });
  }
}
