import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { it } from "node:test";
import { open } from "../browser.mjs";
import { exportFile } from "../export-file.mjs";
import { TodoPage } from "../todo-page.mjs";
import { visit } from "../visitor.mjs";

/** Exports the todos by the menu; returns the file's path and what it holds. */
async function exported(page) {
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("menuitem", { name: "Export todos" }).click();
  const download = await saved;
  assert.match(download.suggestedFilename(), /\.json$/);
  const path = await download.path();
  return { path, document: JSON.parse(await readFile(path, "utf8")) };
}

/** Opens the dialog to import todos, and chooses a file there. */
async function choose(page, file) {
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("menuitem", { name: "Import todos" }).click();
  const dialog = page.getByRole("dialog", { name: "Import todos" });
  await dialog.getByLabel("Choose a file").setInputFiles(file);
  return dialog;
}

/** An export's todos without what is every account's own. */
const content = ({ todos }) => todos.map(({ id: _, ...todo }) => todo);

it("an exported list is imported by another visitor, and only once", async () => {
  const owner = await visit();
  const mine = new TodoPage(await open(owner.context));
  await mine.add("Call grandma");
  await mine.written(() => mine.checkbox("Call grandma").click());
  await mine.field.fill("Buy milk tomorrow 9am #home !high every week");
  await mine.page.getByRole("button", { name: /^Every week/ }).waitFor();
  await mine.written(() => mine.field.press("Enter"));
  await mine.shows("Buy milk", "✓ Call grandma");
  const { path, document } = await exported(mine.page);

  const other = await visit();
  const theirs = new TodoPage(await open(other.context));
  const dialog = await choose(theirs.page, path);
  await dialog.getByText("2 new todos.").waitFor();
  await theirs.shows();
  await dialog.getByRole("button", { name: "Import 2" }).click();
  await theirs.page.getByText("2 todos were imported").waitFor();
  await dialog.waitFor({ state: "detached" });
  await theirs.shows("Buy milk", "✓ Call grandma");
  await theirs.page.getByText("Tomorrow 9:00").waitFor();

  await choose(theirs.page, path);
  await dialog.getByText("you have all of its todos already.").waitFor();
  assert.equal(await dialog.getByRole("button", { name: /^Import/ }).count(), 0);
  await theirs.page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.deepEqual(content((await exported(theirs.page)).document), content(document));
  await other.close();
  // Its download goes with its browser profile.
  await owner.close();
});

it("a file of some megabytes is imported", async () => {
  const visitor = await visit();
  const todos = new TodoPage(await open(visitor.context));
  const titles = Array.from({ length: 4_000 }, (_, index) => `Todo ${index}`);
  const dialog = await choose(todos.page, exportFile(titles, { description: "x".repeat(900) }));
  await dialog.getByText("4000 new todos.").waitFor();
  await dialog.getByRole("button", { name: "Import 4000" }).click();
  await todos.page.getByRole("heading", { name: "4000 things to do" }).waitFor();
  await visitor.close();
});
