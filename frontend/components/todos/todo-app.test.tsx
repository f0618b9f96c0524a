import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { FakeApi } from "@/tests/support/fake-api";
import { address, renderApp, titles } from "@/tests/support/render-app";

const field = () => screen.getByRole<HTMLInputElement>("textbox", { name: "New todo" });
/** What is read out, whether it is seen in a toast or not. */
const said = (text: string | RegExp) =>
  screen.findByText(text, { selector: "[role=status] *, [aria-live] *" });

it("shows what the server rendered and asks for nothing", () => {
  const api = new FakeApi("Milk", "Bread");
  renderApp(api);
  expect(titles()).toEqual(["Milk", "Bread"]);
  expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("2 things to do");
  expect(api.requests).toEqual([]);
});

it("adds with Enter, shows it before the server answered, and keeps it after", async () => {
  const api = new FakeApi("Bread");
  const user = renderApp(api);
  const gate = api.holdWrites();
  await user.type(field(), "  Milk {Enter}");
  expect(field()).toHaveValue("");
  expect(field()).toHaveFocus();
  expect(await screen.findByRole("button", { name: "Edit Milk" })).toBeDisabled();
  expect(titles()).toEqual(["Milk", "Bread"]);
  gate.open();
  await said("Added “Milk”");
  await waitFor(() => expect(screen.getByRole("button", { name: "Edit Milk" })).toBeEnabled());
  expect(titles()).toEqual(["Milk", "Bread"]);
  expect(api.todos.map((todo) => todo.title)).toEqual(["Milk", "Bread"]);
});

it("says at its field what is wrong with a new todo", async () => {
  const api = new FakeApi();
  const user = renderApp(api);
  await user.type(field(), "   {Enter}");
  await waitFor(() => expect(field()).toHaveAccessibleDescription(/Write what needs doing/));
  await user.click(field());
  await user.paste("x".repeat(201));
  await user.keyboard("{Enter}");
  await waitFor(() => expect(field()).toHaveAccessibleDescription(/title of 1 to 200 characters/));
  expect(field()).toHaveValue(`   ${"x".repeat(201)}`);
  expect(api.todos).toEqual([]);
});

it("takes a failed one out again, says why, and gives the text back to try again", async () => {
  const api = new FakeApi("Bread");
  const user = renderApp(api);
  api.failWrites("network");
  await user.type(field(), "Milk{Enter}");
  expect(await screen.findByText("Could not add “Milk”")).toBeVisible();
  expect(screen.getByText(/could not be reached/)).toBeVisible();
  await waitFor(() => expect(titles()).toEqual(["Bread"]));
  expect(field()).toHaveValue("Milk");
  await user.type(field(), "{Enter}");
  await waitFor(() => expect(titles()).toEqual(["Milk", "Bread"]));
});

it("tells when a new one is not part of the view, and shows it on request", async () => {
  const api = new FakeApi("Bread");
  const user = renderApp(api, "/?status=completed");
  await user.type(field(), "Milk{Enter}");
  await user.click(await screen.findByRole("button", { name: "Show all" }));
  expect(address()).toBe("/");
  await waitFor(() => expect(titles()).toEqual(["Milk", "Bread"]));
});

it("completes at once and counts it", async () => {
  const api = new FakeApi("Milk", "Bread");
  const user = renderApp(api);
  const gate = api.holdWrites();
  await user.click(screen.getByRole("checkbox", { name: "Milk" }));
  expect(titles()).toEqual(["✓ Milk", "Bread"]);
  expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("One thing to do");
  gate.open();
  await said("Completed “Milk”");
  expect(api.todos[0]?.completed).toBe(true);
});

it("puts a completed one back into the view when completing failed", async () => {
  const api = new FakeApi("Milk", "Bread");
  const user = renderApp(api, "/?status=pending");
  api.failWrites(503);
  const gate = api.holdWrites();
  await user.click(screen.getByRole("checkbox", { name: "Milk" }));
  expect(titles()).toEqual(["Bread"]);
  expect(screen.getByRole("checkbox", { name: "Bread" })).toHaveFocus();
  gate.open();
  expect(await screen.findByText(/server has a problem \(503\)/)).toBeVisible();
  expect(titles()).toEqual(["Milk", "Bread"]);
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await said("Completed “Milk”");
  expect(titles()).toEqual(["Bread"]);
});

it("sends quick changes of one todo in order, each with the version before it", async () => {
  const api = new FakeApi("Milk");
  const user = renderApp(api);
  const gate = api.holdWrites();
  const box = screen.getByRole("checkbox", { name: "Milk" });
  await user.click(box);
  await user.click(box);
  await user.click(box);
  gate.open();
  await waitFor(() => expect(api.todos[0]).toMatchObject({ completed: true, version: 4 }));
  expect(titles()).toEqual(["✓ Milk"]);
});

it("takes the current todo when a change was based on a stale one, and can apply the change to it", async () => {
  const api = new FakeApi("Milk");
  const user = renderApp(api);
  await user.click(screen.getByRole("button", { name: "Edit Milk" }));
  Object.assign(api.todos[0] ?? {}, { title: "Soy milk", version: 2 });
  await user.clear(screen.getByRole("textbox", { name: "Title" }));
  await user.keyboard("Oat milk{Enter}");
  expect(await screen.findByText("“Soy milk” was changed elsewhere")).toBeVisible();
  await waitFor(() => expect(titles()).toEqual(["Soy milk"]));
  await user.click(screen.getByRole("button", { name: "Apply mine" }));
  await waitFor(() => expect(api.todos[0]).toMatchObject({ title: "Oat milk", version: 3 }));
  expect(titles()).toEqual(["Oat milk"]);
});

it("edits with Enter and goes back to the text", async () => {
  const api = new FakeApi("Milk");
  const user = renderApp(api);
  await user.click(screen.getByRole("button", { name: "Edit Milk" }));
  expect(screen.getByRole("textbox", { name: "Title" })).toHaveFocus();
  await user.keyboard(" and bread{Tab}Two loaves{Shift>}{Enter}{/Shift}of rye{Enter}");
  await waitFor(() => expect(screen.getByRole("button", { name: "Edit Milk and bread" })).toHaveFocus());
  await waitFor(() =>
    expect(api.todos[0]).toMatchObject({ title: "Milk and bread", description: "Two loaves\nof rye" }),
  );
});

it("cancels an edit with Escape and sends nothing", async () => {
  const api = new FakeApi("Milk");
  const user = renderApp(api);
  await user.click(screen.getByRole("button", { name: "Edit Milk" }));
  await user.keyboard(" changed{Escape}");
  expect(titles()).toEqual(["Milk"]);
  await waitFor(() => expect(screen.getByRole("button", { name: "Edit Milk" })).toHaveFocus());
  expect(api.requests).toEqual([]);
});

it("keeps the editor open while the title is empty", async () => {
  const api = new FakeApi("Milk");
  const user = renderApp(api);
  await user.click(screen.getByRole("button", { name: "Edit Milk" }));
  await user.clear(screen.getByRole("textbox", { name: "Title" }));
  await user.keyboard("{Enter}");
  expect(screen.getByRole("textbox", { name: "Title" })).toHaveAccessibleDescription(/Write what/);
  expect(api.requests).toEqual([]);
});

it("deletes, moves the focus to the next one, and to the field after the last", async () => {
  const api = new FakeApi("Milk", "Bread");
  const user = renderApp(api);
  await user.click(screen.getByRole("button", { name: "Delete Milk" }));
  expect(screen.getByRole("checkbox", { name: "Bread" })).toHaveFocus();
  await said("Deleted “Milk”");
  await user.click(screen.getByRole("button", { name: "Delete Bread" }));
  expect(field()).toHaveFocus();
  expect(await screen.findByText("Nothing to do yet")).toBeVisible();
  await waitFor(() => expect(api.todos).toEqual([]));
});

it("tells that a changed todo was deleted elsewhere, and takes it away", async () => {
  const api = new FakeApi("Milk", "Bread");
  const user = renderApp(api);
  api.todos = api.todos.filter((todo) => todo.title !== "Milk");
  await user.click(screen.getByRole("checkbox", { name: "Milk" }));
  expect(await screen.findByText("“Milk” was deleted elsewhere")).toBeVisible();
  expect(titles()).toEqual(["Bread"]);
});

it("filters at once with what it knows, and puts the filter into the address", async () => {
  const api = new FakeApi("Milk", "Bread");
  Object.assign(api.todos[1] ?? {}, { completed: true });
  const user = renderApp(api);
  const filter = within(screen.getByRole("navigation", { name: "Filter" }));
  await user.click(filter.getByRole("link", { name: /Completed/ }));
  expect(titles()).toEqual(["✓ Bread"]);
  expect(address()).toBe("/?status=completed");
  expect(filter.getByRole("link", { name: /Completed/ })).toHaveAttribute("aria-current", "page");
  await waitFor(() => expect(api.requests).toEqual(["GET /api/todos?status=completed&limit=50"]));
});

it("searches as you type, says when nothing is found, and clears", async () => {
  const api = new FakeApi("Milk", "Bread");
  const user = renderApp(api);
  await user.type(screen.getByRole("searchbox", { name: "Search todos" }), "mil");
  // A slow machine searches for "m" first.
  await waitFor(() => expect(address()).toBe("/?q=mil"));
  await waitFor(() => expect(titles()).toEqual(["Milk"]));
  await user.keyboard("xyz");
  expect(await screen.findByText("Nothing found for “milxyz”")).toBeVisible();
  await user.click(screen.getByText("Clear search", { selector: "button" }));
  expect(screen.getByRole("searchbox")).toHaveValue("");
  await waitFor(() => expect(titles()).toEqual(["Milk", "Bread"]));
});

it("takes a filter that is chosen while typing still rests", async () => {
  const api = new FakeApi("Milk", "Bread", "Mild soap");
  Object.assign(api.todos[0] ?? {}, { completed: true });
  const user = renderApp(api);
  await user.type(screen.getByRole("searchbox"), "mil");
  await user.click(screen.getByRole("link", { name: /Pending/ }));
  await waitFor(() => expect(titles()).toEqual(["Mild soap"]));
  expect(address()).toBe("/?status=pending&q=mil");
});

it("loads more pages on request", async () => {
  const api = new FakeApi("One", "Two", "Three");
  api.pageSize = 2;
  const user = renderApp(api);
  expect(titles()).toEqual(["One", "Two"]);
  await user.click(screen.getByRole("button", { name: "Show more" }));
  await waitFor(() => expect(titles()).toEqual(["One", "Two", "Three"]));
  expect(screen.queryByRole("button", { name: "Show more" })).not.toBeInTheDocument();
});
