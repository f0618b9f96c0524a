import { screen, waitFor, within } from "@testing-library/react";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { FakeApi } from "@/tests/support/fake-api";
import { renderApp, titles } from "@/tests/support/render-app";

// Loaded ahead, so that no expectation waits for it on a busy machine.
beforeAll(() => Promise.all([import("./todo-editor"), import("@/components/commands/help-dialog")]));
// jsdom lays nothing out and so scrolls nowhere.
beforeEach(() => {
  Element.prototype.scrollIntoView ??= () => {};
});

const edit = (title: string) => screen.getByRole("button", { name: `Edit ${title}` });

it("moves from row to row, to both ends and no further", async () => {
  const user = renderApp(new FakeApi("One", "Two", "Three"));
  await user.keyboard("j");
  expect(edit("One")).toHaveFocus();
  for (const [key, title] of [
    ["j", "Two"],
    ["{ArrowDown}", "Three"],
    ["j", "Three"],
    ["k", "Two"],
    ["{ArrowUp}", "One"],
    ["k", "One"],
    ["{End}", "Three"],
    ["{Home}", "One"],
  ] as const) {
    await user.keyboard(key);
    expect(edit(title)).toHaveFocus();
  }
});

it("completes, opens again, edits and deletes the row that has the focus", async () => {
  const api = new FakeApi("One", "Two");
  const user = renderApp(api);
  await user.keyboard("jj ");
  await waitFor(() => expect(titles()).toEqual(["One", "✓ Two"]));
  expect(edit("Two")).toHaveFocus();
  await user.keyboard(" ");
  await waitFor(() => expect(titles()).toEqual(["One", "Two"]));

  await user.keyboard("e");
  const title = await screen.findByRole("textbox", { name: "Title" });
  await user.keyboard(" jxe{Enter}");
  await waitFor(() => expect(edit("Two jxe")).toHaveFocus());
  expect(title).not.toBeInTheDocument();

  await user.keyboard("{Delete}");
  await waitFor(() => expect(titles()).toEqual(["One"]));
  await waitFor(() => expect(api.todos.map((todo) => todo.title)).toEqual(["One"]));
});

it("moves a row with Alt where the order is the user's own, and says so in the help only there", async () => {
  const api = new FakeApi("One", "Two", "Three");
  const user = renderApp(api);
  await user.keyboard("j{Alt>}{ArrowDown}{/Alt}");
  await waitFor(() => expect(titles()).toEqual(["Two", "One", "Three"]));
  await user.keyboard("?");
  const help = await screen.findByRole("dialog");
  expect(within(help).getByText("Move down")).toBeInTheDocument();
  expect(within(help).getByText("Complete, or open again")).toBeInTheDocument();
});

it("leaves Enter and Space to the other buttons of a row, and all keys to fields", async () => {
  const api = new FakeApi("One", "Two");
  const user = renderApp(api);
  screen.getByRole("button", { name: "Delete One" }).focus();
  await user.keyboard(" ");
  await waitFor(() => expect(titles()).toEqual(["Two"]));
  await user.click(edit("Two"));
  await screen.findByRole("textbox", { name: "Title" });
  await user.keyboard("{Home}j {Delete}");
  expect(screen.getByRole("textbox", { name: "Title" })).toHaveValue("j wo");
});
