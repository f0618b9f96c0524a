import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";
import { eventually, keep, open, ready } from "./browser.mjs";
import { TodoPage } from "./todo-page.mjs";
import { visit } from "./visitor.mjs";

const READ = "**/api/todos/read";

describe("quick add", () => {
  let visitor;
  let page;
  let todos;
  before(async () => {
    visitor = await visit({ timezoneId: "Pacific/Auckland", viewport: { width: 360, height: 740 } });
    page = await open(visitor.context);
    todos = new TodoPage(page);
  });
  beforeEach(async () => {
    await page.unroute(READ);
    await todos.field.fill("");
  });
  const chip = (name) => page.getByRole("button", { name });
  const sent = async (action) => {
    const request = page.waitForRequest(
      (wanted) => wanted.method() === "POST" && wanted.url().endsWith("/api/todos"),
    );
    await action();
    return (await request).postDataJSON();
  };
  /** Holds the answers to previews back: each call of what is returned lets one go, by its text. */
  const holdPreviews = async () => {
    const held = new Map();
    await page.route(READ, async (route) => {
      const { text } = route.request().postDataJSON();
      await new Promise((go) => held.set(text, go));
      await route.continue().catch(() => {}); // the page was left meanwhile
    });
    return {
      asked: (text) => eventually(() => held.has(text), true),
      answer: (text) => held.get(text)(),
    };
  };

  it("shows what it understood and adds it with Enter, in the visitor's zone", async () => {
    await todos.field.fill("buy milk tomorrow 9am #home !high every week");
    await chip(/^Tomorrow 9:00/).waitFor();
    for (const name of [/^#home/, /^High priority/, /^Every week/]) await chip(name).waitFor();
    await keep(page, "quick-add-360");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(wide <= 0, `nothing sticks out (${wide} px)`);
    const body = await sent(() => todos.field.press("Enter"));
    const { at, ...line } = body;
    assert.deepEqual(line, {
      text: "buy milk tomorrow 9am #home !high every week",
      zone: "Pacific/Auckland",
      day_first: false,
    });
    assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000, "with the moment of Enter");
    await todos.shows("buy milk");
    await page.getByText("Tomorrow 9:00", { exact: true }).waitFor();
    await eventually(() => chip(/as text$/).count(), 0);
  });

  it("works with the keyboard alone, and keeps as text what was not meant", async () => {
    await page.evaluate(() => document.activeElement?.blur());
    await page.keyboard.press("n");
    await page.keyboard.type("sing tomorrow #home");
    await chip(/^Tomorrow/).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await eventually(() => todos.focused(), "Tomorrow: keep “tomorrow” as text");
    await page.keyboard.press("Enter");
    await eventually(() => todos.focused(), "New todo");
    assert.equal(await todos.field.inputValue(), "sing \\tomorrow #home");
    await eventually(() => chip(/as text$/).allTextContents(), ["#home"]);
    await page.keyboard.press("Enter");
    await todos.shows("sing tomorrow", "buy milk");
  });

  it("waits for no preview on a slow network: Enter adds at once what the text means", async () => {
    await page.route(READ, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 2_000)); // what a slow network takes
      await route.continue().catch(() => {});
    });
    await todos.field.fill("slow train tomorrow 8am");
    await eventually(() => chip(/as text$/).count(), 0);
    await sent(() => todos.field.press("Enter"));
    assert.equal(await todos.field.inputValue(), "");
    await todos.shows("slow train", "sing tomorrow", "buy milk");
    await page.getByText("Tomorrow 8:00", { exact: true }).waitFor();
    await todos.field.fill("slow bus tomorrow");
    await chip(/^Tomorrow/).waitFor(); // two seconds later it is there
  });

  it("lets the last preview win, in whatever order the answers come", async () => {
    const previews = await holdPreviews();
    await todos.field.fill("call Ann tomorrow");
    await previews.asked("call Ann tomorrow");
    await todos.field.fill("call Ann tomorrow 9am #home");
    await previews.asked("call Ann tomorrow 9am #home");
    await previews.answer("call Ann tomorrow 9am #home");
    await chip(/^Tomorrow 9:00/).waitFor();
    await previews.answer("call Ann tomorrow");
    await page.evaluate(() => fetch("/healthz")); // an answer later than any that was on its way
    assert.deepEqual(await chip(/as text$/).allTextContents(), ["Tomorrow 9:00", "#home"]);
  });

  it("does nothing by a preview of an earlier text", async () => {
    await todos.field.fill("sing tomorrow");
    await chip(/^Tomorrow/).waitFor();
    const previews = await holdPreviews();
    await todos.field.fill("sing tomorrow and dance");
    await previews.asked("sing tomorrow and dance");
    await chip(/^Tomorrow/).click({ force: true });
    assert.equal(await todos.field.inputValue(), "sing tomorrow and dance");
    await previews.answer("sing tomorrow and dance");
    await eventually(() => chip(/as text$/).count(), 0);
  });

  it("keeps the text in its field while it is offline", async () => {
    visitor.expect(/ERR_INTERNET_DISCONNECTED/);
    await visitor.context.setOffline(true);
    await todos.field.fill("call Bob friday");
    await todos.field.press("Enter");
    await page.getByText("You are offline. Your text stays here").waitFor();
    assert.equal(await todos.field.inputValue(), "call Bob friday");
    await visitor.context.setOffline(false);
    await todos.field.press("Enter");
    await todos.shows("call Bob", "slow train", "sing tomorrow", "buy milk");
  });

  it("gives the text back when no answer came", async () => {
    visitor.expect(/ERR_FAILED/);
    await page.route("**/api/todos", (route) => route.abort());
    await todos.field.fill("call Eve friday");
    await todos.field.press("Enter");
    await eventually(() => todos.field.inputValue(), "call Eve friday");
    await page.unroute("**/api/todos");
  });

  it("neither reads nor sends what an input method has not settled", async () => {
    const asked = [];
    await page.route(READ, (route) => {
      asked.push(route.request().postDataJSON().text);
      return route.continue();
    });
    await todos.field.focus();
    const keyboard = await visitor.context.newCDPSession(page);
    await keyboard.send("Input.imeSetComposition", { text: "にほん", selectionStart: 3, selectionEnd: 3 });
    // Chromium sends the key that settles a composition as this one.
    const enter = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 229, text: "\r" };
    await keyboard.send("Input.dispatchKeyEvent", { type: "keyDown", ...enter });
    await keyboard.send("Input.dispatchKeyEvent", { type: "keyUp", ...enter, text: "" });
    assert.equal(await todos.field.inputValue(), "にほん");
    await keyboard.send("Input.insertText", { text: "日本" });
    await eventually(() => asked, ["日本"]);
    await todos.field.press("Enter");
    await todos.shows("日本", "call Bob", "slow train", "sing tomorrow", "buy milk");
  });

  it("adds each of several pasted lines with Enter, or all as one", async () => {
    const other = await visit();
    const list = new TodoPage(await open(other.context));
    await list.paste("milk tomorrow\nbread\n\neggs #home\n");
    await list.page.getByText("3 lines were pasted.").waitFor();
    await list.field.press("Enter");
    await list.shows("milk", "bread", "eggs");
    await list.paste("flour\nsugar");
    await list.page.getByRole("button", { name: "Add as one" }).click();
    await list.shows("flour sugar", "milk", "bread", "eggs");
    await other.close();
  });

  it("tells in the help what it understands", async () => {
    await page.reload();
    await ready(page);
    await page.evaluate(() => document.activeElement?.blur());
    await page.keyboard.press("?");
    const help = page.getByRole("dialog", { name: "Keys and quick add" });
    await help.getByText("Morning or afternoon").click();
    await help.getByText("dinner tonight at 6").waitFor();
    await keep(page, "quick-add-help-360");
    await page.keyboard.press("Escape");
    await help.waitFor({ state: "detached" });
  });

  it("caused no console error and asked no other host", () => visitor.close());
});
