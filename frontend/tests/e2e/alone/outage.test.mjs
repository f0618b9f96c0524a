import assert from "node:assert/strict";
import { it } from "node:test";
import { open } from "../browser.mjs";
import { control } from "../control.mjs";
import { looksRight } from "../looks.mjs";
import { TodoPage } from "../todo-page.mjs";
import { visit } from "../visitor.mjs";

it("an outage of the database is said, loses nothing, and passes", async () => {
  const visitor = await visit();
  const todos = new TodoPage(await open(visitor.context));
  await todos.add("Written before");

  await control.stopDatabase();
  try {
    visitor.expect(/503/);
    assert.equal(await todos.written(() => todos.checkbox("Written before").click()), 503);
    await todos.page.getByText("Could not save “Written before”").waitFor();
    await todos.shows("Written before");
    await todos.page.reload();
    await todos.page.getByRole("heading", { name: "Your todos can’t be reached right now" }).waitFor();
    await looksRight(todos.page, "unavailable");
  } finally {
    await control.startDatabase();
  }

  // The page looks again by itself: a press on its link could come too late.
  await todos.shows("Written before");
  assert.equal(await todos.written(() => todos.checkbox("Written before").click()), 200);
  await todos.shows("✓ Written before");
  await visitor.close();
});
