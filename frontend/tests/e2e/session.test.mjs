import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { EMAIL, enter, isHome, PASSWORD } from "./account.mjs";
import { keep, open } from "./browser.mjs";
import { control } from "./control.mjs";
import { TodoPage } from "./todo-page.mjs";
import { visit } from "./visitor.mjs";

const END_SESSIONS = `DELETE FROM sessions WHERE account_id IN (SELECT id FROM accounts WHERE email = '${EMAIL}')`;

describe("a session that has ended", () => {
  let visitor;
  let page;
  let todos;

  before(async () => {
    visitor = await visit();
    page = await open(visitor.context);
    todos = new TodoPage(page);
    await todos.add("Buy milk");
    await page.goto("/login?mode=register");
    await enter(page, EMAIL, PASSWORD);
    await isHome(page);
    visitor.expect(/401/);
  });

  it("is said, what was typed is kept, and it goes on after a login", async () => {
    await control.sql(END_SESSIONS);
    await todos.field.fill("Mend the bike");
    await todos.field.press("Enter");
    const banner = page.getByRole("alert").filter({ hasText: "Your session has ended." });
    await banner.waitFor();
    await todos.shows();
    assert.equal(await todos.field.inputValue(), "Mend the bike");
    await keep(page, "session-ended");

    await banner.getByRole("link", { name: "Log in" }).click();
    await page.getByRole("dialog", { name: "Log in" }).waitFor();
    await enter(page, EMAIL, PASSWORD);
    await page.getByRole("checkbox", { name: "Buy milk" }).waitFor();
    assert.equal(await banner.count(), 0);
    assert.equal(await todos.written(() => todos.field.press("Enter")), 201);
    await page.getByRole("checkbox", { name: "Mend the bike" }).waitFor();
  });

  it("is said on a page that is opened anew, too", async () => {
    await control.sql(END_SESSIONS);
    await page.reload();
    await page.getByText("Your session has ended.").waitFor();
    await todos.shows();
    await page.goto("/login");
    await page.locator("button:enabled", { hasText: "Log in" }).waitFor();
    await enter(page, EMAIL, PASSWORD);
    await isHome(page);
    await page.getByRole("checkbox", { name: "Buy milk" }).waitFor();
  });

  it("caused no other console error and asked no other host", () => visitor.close());
});
