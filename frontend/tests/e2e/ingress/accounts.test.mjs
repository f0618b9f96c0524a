import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { EMAIL, enter, isHome, PASSWORD } from "../account.mjs";
import { eventually, keep, open } from "../browser.mjs";
import { TodoPage } from "../todo-page.mjs";
import { visit } from "../visitor.mjs";

async function choose(page, item) {
  await page.getByRole("button", { name: `Account ${EMAIL}` }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

describe("an account", () => {
  let first;
  let page;
  let todos;

  before(async () => {
    first = await visit();
    page = await open(first.context);
    todos = new TodoPage(page);
  });

  it("is made of the guest, whose todos stay", async () => {
    await todos.field.fill("Buy milk");
    await todos.field.press("Enter");
    await todos.field.fill("Call grandma");
    await todos.field.press("Enter");
    await page.locator("button:enabled").and(todos.text("Call grandma")).waitFor();
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("menuitem", { name: "Create an account" }).click();
    await page.getByText("Your 2 todos come along.").waitFor();
    await keep(page, "register");
    await enter(page, EMAIL, PASSWORD);
    await isHome(page);
    await todos.shows("Call grandma", "Buy milk");
    await page.getByRole("button", { name: `Account ${EMAIL}` }).waitFor();
  });

  it("cannot be made twice, nor entered with a wrong password", async () => {
    const other = await visit();
    other.expect(/40[19]/);
    const stranger = await other.context.newPage();
    await stranger.goto("/login?mode=register");
    await enter(stranger, EMAIL, PASSWORD);
    await stranger.getByText("This e-mail has an account already.").waitFor();
    await stranger.getByRole("link", { name: "Log in" }).click();
    await stranger.locator("button:enabled", { hasText: "Log in" }).waitFor();
    assert.equal(await stranger.getByLabel("E-mail").inputValue(), EMAIL);
    await enter(stranger, EMAIL, "wrong horse");
    await stranger.getByText(/do not belong together/).waitFor();
    await other.close();
  });

  it("is there in a second browser, and takes what was written there as a guest", async () => {
    const second = await visit();
    const there = new TodoPage(await open(second.context));
    await there.add("Water the plants");
    await there.page.getByRole("link", { name: "Log in" }).click();
    await there.page.getByText("Your todo comes along.").waitFor();
    await enter(there.page, EMAIL, PASSWORD);
    await isHome(there.page);
    const titles = await there.page
      .getByRole("checkbox")
      .evaluateAll((boxes) => boxes.map((box) => box.ariaLabel));
    assert.deepEqual(titles.toSorted(), ["Buy milk", "Call grandma", "Water the plants"]);

    await choose(there.page, "Log out");
    await there.page.getByRole("link", { name: "Log in" }).waitFor();
    await there.shows();
    await second.close();
  });

  it("is deleted with its password, and then unknown", async () => {
    first.expect(/42[29]|401/);
    await choose(page, "Delete account");
    const dialog = page.getByRole("dialog", { name: "Delete your account?" });
    const password = dialog.getByLabel("Password", { exact: true });
    await eventually(() => password.evaluate((field) => field === document.activeElement), true);
    await password.fill("wrong horse");
    await password.press("Enter");
    await dialog.getByText(/not the password/).waitFor();
    await password.fill(PASSWORD);
    await dialog.getByRole("button", { name: "Delete account" }).click();
    await page.getByRole("link", { name: "Log in" }).waitFor();
    await todos.shows();

    await page.goto("/login");
    await page.locator("button:enabled", { hasText: "Log in" }).waitFor();
    await enter(page, EMAIL, PASSWORD);
    await page.getByText(/do not belong together/).waitFor();
    await first.close();
  });
});
