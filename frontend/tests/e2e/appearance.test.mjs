import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import axe from "axe-core";
import { keep, launch, open, ready, visit } from "./browser.mjs";
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
  for (const width of [360, 768, 1440]) {
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

      it("is accessible and fits while quick add understands", async () => {
        await todos.page.goto("/");
        await ready(todos.page);
        await todos.field.fill("Call the dentist friday 14:30 #health #teeth !high every month");
        await todos.page.getByRole("button", { name: /^Every month/ }).waitFor();
        await looksRight("quick-add");
        await todos.field.fill("");
      });

      it("is accessible and fits with a problem in the new todo", async () => {
        await todos.field.fill("x".repeat(201));
        await todos.field.press("Enter");
        await todos.page.getByText(/at most 200 characters/).waitFor();
        await looksRight("problem");
        await todos.field.fill("");
      });

      for (const [name, open, title] of [
        ["palette", (page) => page.keyboard.press("Control+k"), "Commands"],
        ["help", (page) => page.keyboard.press("?"), "Keys and quick add"],
        ["menu", (page) => page.getByRole("button", { name: "Menu" }).click(), null],
      ]) {
        it(`is accessible and fits with the ${name} open`, async () => {
          await todos.page.evaluate(() => document.activeElement?.blur());
          await open(todos.page);
          const opened = title
            ? todos.page.getByRole("dialog", { name: title })
            : todos.page.getByRole("menu");
          await opened.waitFor();
          await looksRight(name);
          await todos.page.keyboard.press("Escape");
          await opened.waitFor({ state: "detached" });
        });
      }

      for (const [name, path] of [
        ["login", "/login"],
        ["register", "/login?mode=register"],
        ["not-found", "/nowhere"],
      ]) {
        it(`is accessible and fits at ${path}`, async () => {
          if (name === "not-found") visitor.expect(/404/);
          await todos.page.goto(path);
          await todos.page.getByRole("heading", { level: 1 }).waitFor();
          await looksRight(name);
        });
      }

      it("caused no console error and asked no other host", () => visitor.close());
    });
  }
}
