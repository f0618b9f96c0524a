import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { Assistant } from "../assistant-panel.mjs";
import { eventually, keep, open, ready } from "../browser.mjs";
import { TodoPage } from "../todo-page.mjs";
import { visit } from "../visitor.mjs";

describe("the built-in assistant", () => {
  let visitor;
  let page;
  let todos;
  let assistant;
  before(async () => {
    visitor = await visit();
    page = await open(visitor.context);
    todos = new TodoPage(page);
    assistant = new Assistant(page);
    await assistant.open();
  });

  it("adds, and the list shows it", async () => {
    await assistant.say("add buy milk");
    await todos.shows("buy milk");
    await assistant.say("add call the dentist tomorrow at 9am");
    await todos.shows("call the dentist", "buy milk");
    await page.getByText("Built-in").first().waitFor();
  });

  it("completes, deletes and shows each step", async () => {
    await assistant.say("complete the milk one");
    await todos.shows("call the dentist", "✓ buy milk");
    await assistant.say("delete the dentist todo");
    await todos.shows("✓ buy milk");
    await assistant.answers.getByText("Delete", { exact: true }).waitFor();
    await keep(page, "assistant");
  });

  it("undoes a step on request, once", async () => {
    await assistant.answers
      .getByRole("button", { name: /^Undo: .*dentist/ })
      .last()
      .click();
    await assistant.answers.getByText("Undone", { exact: true }).waitFor();
    await todos.shows("call the dentist", "✓ buy milk");
  });

  it("leaves the list in use beside it, and closes with Escape", async () => {
    await todos.written(() => todos.checkbox("call the dentist").click());
    await todos.shows("✓ call the dentist", "✓ buy milk");
    await assistant.field.focus();
    await page.keyboard.press("Escape");
    await eventually(() => todos.focused(), "Assistant");
    assert.equal(await assistant.field.count(), 0);
  });

  it("remembers what was said, is open again after a reload, and forgets on request", async () => {
    await assistant.open();
    await page.reload();
    await ready(page);
    await assistant.answers.getByText("You: add buy milk").waitFor();
    await page.getByRole("button", { name: "Clear conversation" }).click();
    await assistant.answers.getByText("What can I do for you?").waitFor();
    await page.reload();
    await assistant.answers.getByText("What can I do for you?").waitFor();
    await visitor.close();
  });
});

it("is used with the keyboard alone, on a phone's width too", async () => {
  const visitor = await visit({ viewport: { width: 360, height: 740 } });
  const page = await open(visitor.context);
  const todos = new TodoPage(page);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Find a command" }).waitFor();
  await page.keyboard.type("assistant");
  await page.getByRole("option", { name: /Ask the assistant/ }).waitFor();
  await page.keyboard.press("Enter");
  const field = page.getByRole("dialog", { name: "Assistant" }).getByLabel("Message to the assistant");
  await eventually(() => field.evaluate((element) => element === document.activeElement), true);
  await page.getByText("What can I do for you?").waitFor();
  await page.keyboard.type("add water the plants");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /^Undo: / }).waitFor();
  await page.keyboard.press("Escape");
  await todos.shows("water the plants");
  await eventually(() => todos.focused(), "Assistant");
  await visitor.close();
});
