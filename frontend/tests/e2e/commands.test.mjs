import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { eventually, open } from "./browser.mjs";
import { TodoPage } from "./todo-page.mjs";
import { visit } from "./visitor.mjs";

describe("the command palette and the help", () => {
  let visitor;
  let page;
  let todos;
  before(async () => {
    visitor = await visit();
    page = await open(visitor.context);
    todos = new TodoPage(page);
    await todos.add("Buy milk");
    await todos.add("Buy bread");
    await todos.written(() => todos.checkbox("Buy bread").click());
  });
  const search = () => page.getByRole("combobox", { name: "Find a command" });
  const closed = () => page.getByRole("dialog").waitFor({ state: "detached" });

  it("finds a command by typing and runs it with Enter", async () => {
    await page.keyboard.press("Control+k");
    await search().fill("completed");
    await page.getByRole("option", { name: "Show completed todos" }).waitFor();
    await page.keyboard.press("Enter");
    await closed();
    await todos.isAt("/?status=completed");
    await todos.shows("✓ Buy bread");
  });

  it("is moved through with the arrows and left with Escape, back to where the focus was", async () => {
    await todos.field.focus();
    await page.keyboard.press("Control+k");
    await eventually(() => todos.focused(), "Find a command");
    const current = () => page.locator("[role=option][data-highlighted]").textContent();
    await eventually(current, "Add a todon");
    await page.keyboard.press("ArrowDown");
    assert.notEqual(await current(), "Add a todon");
    await page.keyboard.press("Escape");
    await closed();
    await eventually(() => todos.focused(), "New todo");
  });

  it("has a button for those without a keyboard", async () => {
    await page.getByRole("button", { name: "Commands" }).click();
    await page.getByRole("option", { name: "Show all todos" }).click();
    await closed();
    await todos.isAt("/");
  });

  it("single keys reach the fields and the help, and are text in a field", async () => {
    await page.evaluate(() => document.activeElement?.blur());
    await page.keyboard.press("/");
    await eventually(() => todos.focused(), "Search todos");
    await page.keyboard.type("n?");
    assert.equal(await todos.searchField.inputValue(), "n?");
    await page.keyboard.press("Escape");
    await page.evaluate(() => document.activeElement?.blur());
    await page.keyboard.press("n");
    await eventually(() => todos.focused(), "New todo");
  });

  it("the help names the keys and turns the single ones off, for good", async () => {
    await page.evaluate(() => document.activeElement?.blur());
    await page.keyboard.press("?");
    const help = page.getByRole("dialog");
    await help.getByText("Add a todo").waitFor();
    await help.getByRole("checkbox").click();
    await page.keyboard.press("Escape");
    await closed();
    await page.reload();
    await page.locator("button:enabled", { hasText: "Add" }).waitFor();
    await page.keyboard.press("n");
    assert.notEqual(await todos.focused(), "New todo");
    await page.keyboard.press("Control+k");
    await search().waitFor();
    await page.keyboard.press("Escape");
    await closed();
  });

  it("caused no console error and asked no other host", () => visitor.close());
});
