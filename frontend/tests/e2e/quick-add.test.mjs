import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { eventually, keep, open } from "./browser.mjs";
import { sameBehindIngress } from "./control.mjs";
import { TodoPage } from "./todo-page.mjs";
import { visit } from "./visitor.mjs";

describe("quick add", sameBehindIngress, () => {
  let visitor;
  let page;
  let todos;
  before(async () => {
    visitor = await visit({ timezoneId: "Pacific/Auckland", viewport: { width: 360, height: 740 } });
    page = await open(visitor.context);
    todos = new TodoPage(page);
  });
  const chip = (name) => page.getByRole("button", { name });
  const sent = async (action) => {
    const request = page.waitForRequest((wanted) => wanted.method() === "POST");
    await action();
    return (await request).postDataJSON();
  };
  /** The date in the visitor's zone, so many days from now. */
  const inDays = (days) =>
    page.evaluate((ahead) => {
      const day = new Date();
      day.setDate(day.getDate() + ahead);
      return day.toLocaleDateString("sv-SE");
    }, days);

  it("loads what understands dates only when the field is used", async () => {
    const loaded = () => page.evaluate(() => performance.getEntriesByType("resource").length);
    const before = await loaded();
    await todos.field.focus();
    await page.waitForFunction((count) => performance.getEntriesByType("resource").length > count, before);
  });

  it("shows what it understood and adds it with Enter, in the visitor's zone", async () => {
    await todos.field.fill("buy milk tomorrow 9am #home !high every week");
    await chip(/^Tomorrow 9:00/).waitFor();
    for (const name of [/^#home/, /^High priority/, /^Every week/]) await chip(name).waitFor();
    await keep(page, "quick-add-360");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(wide <= 0, `nothing sticks out (${wide} px)`);
    const body = await sent(() => todos.field.press("Enter"));
    assert.deepEqual(body, {
      title: "buy milk",
      due: { date: await inDays(1), time: "09:00", zone: "Pacific/Auckland" },
      priority: "high",
      tags: ["home"],
      repeat: "weekly",
      description: "",
    });
    await todos.shows("buy milk");
    await page.getByText("Tomorrow 9:00", { exact: true }).waitFor();
    await eventually(() => chip(/as text$/).count(), 0);
  });

  it("keeps as text what was not meant, with the keyboard", async () => {
    await todos.field.fill("sing tomorrow #home");
    await chip(/^Tomorrow/).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await eventually(() => todos.focused(), "Tomorrow: keep “tomorrow” as text");
    await page.keyboard.press("Enter");
    await eventually(() => todos.focused(), "New todo");
    assert.equal(await todos.field.inputValue(), "sing \\tomorrow #home");
    const body = await sent(() => page.keyboard.press("Enter"));
    assert.equal(body.title, "sing tomorrow");
    await todos.shows("sing tomorrow", "buy milk");
  });

  it("is plain text when its code cannot be loaded", async () => {
    const offline = await visit();
    offline.expect(/Failed to load|ERR_FAILED/);
    const other = await open(offline.context);
    const list = new TodoPage(other);
    // The list's own code is there; that of quick add is not.
    const listed = other.waitForResponse((answer) => answer.url().includes("/api/todos"));
    await list.filter("Pending").click();
    await listed;
    await other.route("**/_next/static/**", (route) => route.abort());
    await list.field.fill("call Ann tomorrow");
    await list.written(() => list.field.press("Enter"));
    await list.shows("call Ann tomorrow");
    await offline.close();
  });

  it("caused no console error and asked no other host", () => visitor.close());
});
