import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { eventually, keep, open, ready } from "./browser.mjs";
import { TodoPage } from "./todo-page.mjs";
import { visit } from "./visitor.mjs";

/** Adds todos by the API, the last one on top; much quicker than by hand. From a page, as only the browser knows the host. */
async function addAll(context, todos) {
  const page = await open(context);
  const answers = await page.evaluate(async (bodies) => {
    const statuses = [];
    for (const body of bodies) {
      const headers = { "Content-Type": "application/json" };
      const answer = await fetch("/api/todos", { method: "POST", body: JSON.stringify(body), headers });
      statuses.push(answer.status);
    }
    return statuses;
  }, todos);
  assert.deepEqual(
    answers,
    todos.map(() => 201),
  );
  await page.close();
}

describe("a list of a few todos", () => {
  let visitor;
  let todos;
  before(async () => {
    visitor = await visit({ timezoneId: "Europe/Berlin" });
    await addAll(
      visitor.context,
      ["Pay the rent", "Call grandma", "Buy bread", "Buy milk"].map((title) => ({ title })),
    );
    todos = new TodoPage(await open(visitor.context));
  });

  it("takes a due date, a repeat, a priority and tags in the editor, and shows them", async () => {
    await todos.text("Pay the rent").click();
    const form = todos.page.getByRole("form", { name: "Edit Pay the rent" });
    await form.getByLabel("Due date").fill("2020-01-31");
    await form.getByLabel("Time").fill("09:30");
    await form.getByLabel("Repeat").selectOption("monthly");
    await form.getByLabel("Priority").selectOption("high");
    await form.getByLabel("Tags").fill("#home, money");
    assert.equal(await todos.written(() => form.getByLabel("Tags").press("Enter")), 200);
    const row = todos.page.getByRole("listitem").filter({ hasText: "Pay the rent" });
    await row.getByText("31 Jan 2020 9:30").waitFor();
    for (const text of ["Overdue:", "Every month", "High priority", "#money"])
      await row.getByText(text).waitFor();
  });

  it("refuses a date or a time that is half emptied, and keeps what there was", async () => {
    const form = todos.page.getByRole("form", { name: "Edit Pay the rent" });
    const row = todos.page.getByRole("listitem").filter({ hasText: "Pay the rent" });
    const press = async (field, keys) => {
      await form.getByLabel(field, { exact: true }).focus();
      for (const key of keys) await todos.page.keyboard.press(key);
    };
    const writes = [];
    todos.page.on("request", (request) => request.method() !== "GET" && writes.push(request.url()));
    for (const [field, ...keys] of [
      ["Due date", "0", "2"], // 31 February
      ["Due date", "Backspace"],
      ["Due date", "Tab", "Backspace"],
      ["Due date", "Tab", "Tab", "Backspace"],
      ["Due date", "Tab", "Tab", "0", "0", "2", "6"],
      ["Time", "Backspace"],
      ["Time", "Tab", "Backspace"],
      ["Time", "Tab", "Tab", "Backspace"],
    ]) {
      await todos.text("Pay the rent").click();
      await press(field, [...keys, "Enter"]);
      const wrong = field === "Time" ? /not a time of the day/ : /not a day of the calendar/;
      await form.getByRole("alert").filter({ hasText: wrong }).waitFor();
      assert.equal(
        await form.getByLabel(field, { exact: true }).getAttribute("aria-invalid"),
        "true",
        keys.join(),
      );
      await todos.page.keyboard.press("Escape");
      await row.getByText("31 Jan 2020 9:30").waitFor();
      await row.getByText("Every month").waitFor();
    }
    assert.deepEqual(writes, []);
    // Where the date is taken away, the time is off and is not asked for.
    await todos.text("Pay the rent").click();
    await press("Time", ["Backspace"]);
    await form.getByLabel("Due date").fill("");
    assert.equal(await todos.written(() => todos.page.keyboard.press("Enter")), 200);
    await row.getByText("31 Jan 2020").waitFor({ state: "detached" });
    await todos.text("Pay the rent").click();
    await form.getByLabel("Due date").fill("2020-01-31");
    await form.getByLabel("Time").fill("09:30");
    await form.getByLabel("Repeat").selectOption("monthly");
    assert.equal(await todos.written(() => form.getByRole("button", { name: "Save" }).click()), 200);
    await row.getByText("31 Jan 2020 9:30").waitFor();
  });

  it("filters by tag, due date and priority, all in the address, and renders that on the server", async () => {
    await todos.page.getByRole("link", { name: "#home" }).click();
    await todos.shows("Pay the rent");
    await todos.isAt("/?tag=home");
    await todos.page.getByLabel("Due", { exact: true }).selectOption("overdue");
    await todos.page.getByRole("search").getByLabel("Priority").selectOption("high");
    await todos.isAt("/?status=pending&priority=high&tag=home&due=overdue");
    await todos.shows("Pay the rent");
    const html = await todos.page.evaluate(async () => (await fetch(location.href)).text());
    assert.ok(
      html.includes("Pay the rent") && !html.includes("Call grandma"),
      "the server renders the filter",
    );
    await todos.page.getByRole("link", { name: "Clear filters" }).click();
    await todos.filter("All").click();
    await todos.shows("Buy milk", "Buy bread", "Call grandma", "Pay the rent");
  });

  it("sorts, and keeps the order over a reload", async () => {
    await todos.page.getByLabel("Sort by").selectOption("title");
    await todos.shows("Buy bread", "Buy milk", "Call grandma", "Pay the rent");
    await todos.page.reload();
    await ready(todos.page);
    await todos.shows("Buy bread", "Buy milk", "Call grandma", "Pay the rent");
    await todos.page.getByLabel("Sort by").selectOption("manual");
    await todos.shows("Buy milk", "Buy bread", "Call grandma", "Pay the rent");
  });

  it("is put in order by dragging, and by single presses", async () => {
    const row = (title) => todos.page.getByRole("listitem").filter({ hasText: title });
    const grip = (title) => todos.page.getByRole("button", { name: `Move ${title}` });
    await row("Buy milk").and(todos.page.locator("[draggable=true]")).waitFor();
    const { height } = await row("Call grandma").boundingBox();
    const drop = () =>
      grip("Buy milk").dragTo(row("Call grandma"), { targetPosition: { x: 200, y: height - 4 } });
    assert.equal(await todos.written(drop), 200);
    await todos.shows("Buy bread", "Call grandma", "Buy milk", "Pay the rent");
    await grip("Pay the rent").click();
    const toTop = () => todos.page.getByRole("menuitem", { name: "Move to the top" }).click();
    assert.equal(await todos.written(toTop), 200);
    await todos.shows("Pay the rent", "Buy bread", "Call grandma", "Buy milk");
    await todos.page.reload();
    await ready(todos.page);
    await todos.shows("Pay the rent", "Buy bread", "Call grandma", "Buy milk");
  });

  it("changes many at once, and puts them back", async () => {
    const select = (title) => todos.page.getByRole("checkbox", { name: `Select ${title}` });
    await todos.page.getByRole("button", { name: "Select", exact: true }).click();
    await select("Buy bread").click();
    await select("Buy milk").click({ modifiers: ["Shift"] });
    await todos.page.getByText("3 selected").waitFor();
    await keep(todos.page, "selecting");
    const bar = todos.page.getByRole("region", { name: "Selected todos" });
    assert.equal(await todos.written(() => bar.getByRole("button", { name: "Delete" }).click()), 200);
    await todos.shows("Pay the rent");
    // With the answer the list is the server's again; a row that has the focus before may lose it.
    const answer = todos.page.waitForResponse(/\/undo/);
    await todos.page.getByRole("button", { name: "Undo" }).click();
    assert.equal((await answer).status(), 200);
    await todos.shows("Pay the rent", "Buy bread", "Call grandma", "Buy milk");
  });

  it("changes many at once by keys alone", async () => {
    await todos.text("Buy bread").focus();
    const bar = todos.page.getByRole("region", { name: "Selected todos" });
    await todos.page.keyboard.press("x");
    await bar.getByText("1 selected").waitFor();
    for (const key of ["j", "x"]) await todos.page.keyboard.press(key);
    await bar.getByText("2 selected").waitFor();
    await bar.getByRole("button", { name: "Complete" }).focus();
    assert.equal(await todos.written(() => todos.page.keyboard.press("Enter")), 200);
    await todos.shows("Pay the rent", "✓ Buy bread", "✓ Call grandma", "Buy milk");
  });

  it("caused no console error and asked no other host", () => visitor.close());
});

it("a long list is loaded as it is scrolled, and only what is in sight is in the page", async () => {
  const visitor = await visit();
  const titles = Array.from({ length: 120 }, (_, index) => `Todo ${120 - index}`);
  await addAll(
    visitor.context,
    titles.map((title) => ({ title })),
  );
  const page = await open(visitor.context);
  const rows = page.getByRole("listitem");
  assert.equal(await rows.first().getAttribute("aria-setsize"), "120");
  await page.keyboard.press("End");
  await eventually(async () => {
    await page.mouse.wheel(0, 5_000);
    return page.getByRole("button", { name: "Edit Todo 120", exact: true }).isVisible();
  }, true);
  assert.ok((await rows.count()) < 60, `${await rows.count()} of 120 rows are in the page`);
  assert.equal(await rows.filter({ hasText: "Todo 120" }).getAttribute("aria-posinset"), "120");
  await visitor.close();
});
