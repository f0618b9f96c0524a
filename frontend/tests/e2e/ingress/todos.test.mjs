import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { eventually, keep, open, ready } from "../browser.mjs";
import { TodoPage } from "../todo-page.mjs";
import { visit } from "../visitor.mjs";

describe("a visitor's list", () => {
  let visitor;
  let todos;

  before(async () => {
    visitor = await visit({ reducedMotion: "no-preference" });
    todos = new TodoPage(await open(visitor.context));
  });

  it("starts empty", async () => {
    await todos.page.getByRole("heading", { name: "Nothing to do yet" }).waitFor();
    await todos.shows();
  });

  it("takes new todos, the newest first", async () => {
    await todos.add("Water the plants");
    await todos.add("Buy bread");
    await todos.field.fill("Buy milk");
    assert.equal(await todos.written(() => todos.page.getByRole("button", { name: "Add" }).click()), 201);
    await todos.shows("Buy milk", "Buy bread", "Water the plants");
    assert.equal(await todos.field.inputValue(), "");
    assert.equal(await todos.focused(), "New todo");
  });

  it("refuses an empty one with a reason", async () => {
    await todos.field.press("Enter");
    await todos.page.getByText("Write what needs doing first.").waitFor();
  });

  it("completes one and counts what is left", async () => {
    assert.equal(await todos.written(() => todos.checkbox("Buy bread").click()), 200);
    await todos.shows("Buy milk", "✓ Buy bread", "Water the plants");
    await eventually(() => todos.heading.textContent(), "2 things to do");
  });

  it("filters, and the filter is an address", async () => {
    await todos.filter("Pending").click();
    await todos.shows("Buy milk", "Water the plants");
    await todos.isAt("/?status=pending");
    await todos.filter("Completed").click();
    await todos.shows("✓ Buy bread");
    await todos.page.reload();
    await ready(todos.page);
    await todos.shows("✓ Buy bread");
    await todos.page.goBack();
    await todos.isAt("/?status=pending");
    await todos.shows("Buy milk", "Water the plants");
    await todos.filter("All").click();
    await todos.isAt("/");
  });

  it("searches, says when nothing is found, and clears", async () => {
    await todos.searchField.fill("BUY");
    await todos.shows("Buy milk", "✓ Buy bread");
    await todos.isAt("/?q=BUY");
    await todos.searchField.fill("nowhere");
    await todos.page.getByRole("heading", { name: "Nothing found for “nowhere”" }).waitFor();
    await todos.searchField.press("Escape");
    await todos.shows("Buy milk", "✓ Buy bread", "Water the plants");
  });

  it("saves an edit with Enter", async () => {
    await todos.text("Buy milk").click();
    await todos.page.getByRole("textbox", { name: "Note" }).fill("Two bottles");
    const title = todos.page.getByRole("textbox", { name: "Title" });
    await title.fill("Buy oat milk");
    assert.equal(await todos.written(() => title.press("Enter")), 200);
    await todos.shows("Buy oat milk", "✓ Buy bread", "Water the plants");
    await todos.page.getByText("Two bottles").waitFor();
    await eventually(() => todos.focused(), "Edit Buy oat milk");
  });

  it("drops an edit with Escape", async () => {
    await todos.text("Buy oat milk").click();
    await todos.page.getByRole("textbox", { name: "Title" }).fill("Something else");
    await todos.page.keyboard.press("Escape");
    await todos.shows("Buy oat milk", "✓ Buy bread", "Water the plants");
  });

  it("is still there after a reload", async () => {
    await todos.page.reload();
    await ready(todos.page);
    await todos.shows("Buy oat milk", "✓ Buy bread", "Water the plants");
    await keep(todos.page, "list");
  });

  it("is rendered by the server, for browsers without scripts too", async () => {
    const reader = await visit({
      javaScriptEnabled: false,
      storageState: await visitor.context.storageState(),
    });
    const page = await reader.context.newPage();
    await page.goto("/");
    const html = await page.content();
    for (const text of ["Buy oat milk", "Two bottles", "Buy bread", "Water the plants", "2 things to do"]) {
      assert.ok(html.includes(text), `the server's HTML has “${text}”`);
    }
    await new TodoPage(page).shows("Buy oat milk", "✓ Buy bread", "Water the plants");
    await page.getByRole("link", { name: "Completed" }).click();
    await new TodoPage(page).shows("✓ Buy bread");
    await reader.close();
  });

  it("is nobody else's", async () => {
    const stranger = await visit();
    await new TodoPage(await open(stranger.context)).shows();
    await stranger.close();
  });

  it("takes the current state when another tab was quicker", async () => {
    visitor.expect(/409/);
    await todos.text("Water the plants").click();
    const other = new TodoPage(await open(visitor.context));
    await other.text("Water the plants").click();
    await other.page.getByRole("textbox", { name: "Title" }).fill("Water the garden");
    assert.equal(await other.written(() => other.page.keyboard.press("Enter")), 200);
    await other.page.close();

    const title = todos.page.getByRole("textbox", { name: "Title" });
    await title.fill("Water the roof");
    assert.equal(await todos.written(() => title.press("Enter")), 409);
    await todos.page.getByText("“Water the garden” was changed elsewhere").waitFor();
    await todos.shows("Buy oat milk", "✓ Buy bread", "Water the garden");
  });

  it("says that it is offline, takes back what could not be saved, and goes on after", async () => {
    visitor.expect(/ERR_INTERNET_DISCONNECTED/);
    await visitor.context.setOffline(true);
    await todos.page.getByText("You are offline.").waitFor();
    await todos.deleteButton("Buy oat milk").click();
    await todos.page.getByText("Could not delete “Buy oat milk”").waitFor();
    await todos.shows("Buy oat milk", "✓ Buy bread", "Water the garden");
    await visitor.context.setOffline(false);
    const again = () => todos.page.getByRole("button", { name: "Try again" }).click();
    assert.equal(await todos.written(again), 204);
    await todos.shows("✓ Buy bread", "Water the garden");
  });

  it("takes a change back when the server cannot save it, and says so", async () => {
    visitor.expect(/503/);
    await todos.page.route("**/api/todos/*", (route) => route.fulfill({ status: 503, body: "down" }));
    await todos.checkbox("Water the garden").click();
    await todos.page.getByText("Could not save “Water the garden”").waitFor();
    await todos.shows("✓ Buy bread", "Water the garden");
    await todos.page.unroute("**/api/todos/*");
  });

  it("forgets what is deleted", async () => {
    for (const title of ["Buy bread", "Water the garden"]) {
      assert.equal(await todos.written(() => todos.deleteButton(title).click()), 204);
    }
    await todos.shows();
    await todos.page.reload();
    await todos.page.getByRole("heading", { name: "Nothing to do yet" }).waitFor();
  });

  it("caused no console error and asked no other host", () => visitor.close());
});

it("the frontend reaches the backend by its name", async () => {
  const visitor = await visit();
  const page = await visitor.context.newPage();
  const answer = await page.goto("/healthz");
  assert.equal(answer.status(), 200);
  const health = await answer.json();
  assert.equal(health.status, "ok");
  assert.equal(health.backend.status, "ok");
  await visitor.close();
});
