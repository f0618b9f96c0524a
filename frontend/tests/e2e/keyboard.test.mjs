import assert from "node:assert/strict";
import { it } from "node:test";
import { eventually, open } from "./browser.mjs";
import { TodoPage } from "./todo-page.mjs";
import { visit } from "./visitor.mjs";

it("the keyboard alone does everything, and the focus is always visible", async () => {
  const visitor = await visit();
  const page = await open(visitor.context);
  const todos = new TodoPage(page);

  const press = (...keys) =>
    keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
  /** Tabs on until something of this name has the focus; each stop on the way must show a ring. */
  async function tabTo(name, key = "Tab") {
    for (let stop = 0; stop < 30; stop += 1) {
      await press(key);
      assert.ok(await ringVisible(page), `the focus on “${await todos.focused()}” can be seen`);
      if ((await todos.focused()) === name) return;
    }
    assert.fail(`Tab does not reach “${name}”`);
  }

  await tabTo("New todo");
  await page.keyboard.type("First");
  await todos.written(() => press("Enter"));
  await page.keyboard.type("Second");
  await todos.written(() => press("Enter"));
  await todos.shows("Second", "First");

  await tabTo("Second");
  await todos.written(() => press("Space"));
  await todos.shows("✓ Second", "First");

  await tabTo("Edit First");
  await press("Enter", "End");
  await page.keyboard.type(" of all");
  await todos.written(() => press("Enter"));
  await todos.shows("✓ Second", "First of all");
  await eventually(() => todos.focused(), "Edit First of all");

  await press("Enter");
  await page.keyboard.type("dropped");
  await press("Escape");
  await todos.shows("✓ Second", "First of all");
  await eventually(() => todos.focused(), "Edit First of all");

  await tabTo("Delete Second", "Shift+Tab");
  await todos.written(() => press("Enter"));
  await todos.shows("First of all");
  assert.equal(await todos.focused(), "First of all");

  await tabTo("Delete First of all");
  await todos.written(() => press("Enter"));
  await todos.shows();
  assert.equal(await todos.focused(), "New todo");
  await visitor.close();
});

it("a todo lives its whole life by single keys", async () => {
  const visitor = await visit();
  const page = await open(visitor.context);
  const todos = new TodoPage(page);
  const press = (key) => page.keyboard.press(key);
  const has = (name) => eventually(() => todos.focused(), name);

  await press("n");
  await has("New todo");
  for (const text of ["Water the plants tomorrow #home", "Call grandma"]) {
    await page.keyboard.type(text);
    await todos.written(() => press("Enter"));
  }

  await press("Control+k");
  await page.getByRole("combobox", { name: "Find a command" }).waitFor();
  await page.keyboard.type("go to the list");
  await press("Enter");
  await has("Edit Call grandma");
  await press("j");
  await has("Edit Water the plants");
  assert.ok(await ringVisible(page), "the focus in the list can be seen");

  assert.equal(await todos.written(() => press("Alt+ArrowUp")), 200);
  await todos.shows("Water the plants", "Call grandma");
  await has("Edit Water the plants");

  await press("e");
  await has("Title");
  await press("End");
  await page.keyboard.type(" and trees");
  assert.equal(await todos.written(() => press("Enter")), 200);
  await has("Edit Water the plants and trees");

  assert.equal(await todos.written(() => press("Space")), 200);
  await todos.shows("✓ Water the plants and trees", "Call grandma");
  assert.equal(await todos.written(() => press("Space")), 200);
  await todos.shows("Water the plants and trees", "Call grandma");

  assert.equal(await todos.written(() => press("Delete")), 204);
  await todos.shows("Call grandma");
  await visitor.close();
});

/** Whether the focused element, or the frame around a field, has an outline; the page itself has none. */
function ringVisible(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return true;
    const marked = [element, element.nextElementSibling, element.closest(".field-ring")];
    return marked.some((node) => node && getComputedStyle(node).outlineStyle !== "none");
  });
}
