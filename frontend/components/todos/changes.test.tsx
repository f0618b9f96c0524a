import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeAll, expect, it } from "vitest";
import { FakeApi } from "@/tests/support/fake-api";
import { address, renderApp, titles } from "@/tests/support/render-app";
import { dueOn } from "@/tests/support/todo";

// Loaded ahead, so that no expectation waits for it on a busy machine.
beforeAll(() =>
  Promise.all([
    import("./todo-editor"),
    import("./bulk-bar"),
    import("./move-menu"),
    import("@/components/ui/toaster"),
  ]),
);

const bar = () => screen.findByRole("region", { name: "Selected todos" });
const box = (title: string) => screen.getByRole("checkbox", { name: `Select ${title}` });
const selected = () =>
  screen
    .getAllByRole<HTMLInputElement>("checkbox", { checked: true })
    .map((input) => input.getAttribute("aria-label")?.replace("Select ", ""));

it("edits everything that a todo has", async () => {
  const api = new FakeApi("Milk");
  const user = renderApp(api);
  await user.click(screen.getByRole("button", { name: "Edit Milk" }));
  await screen.findByRole("textbox", { name: "Title" });
  const field = (label: string) => screen.getByLabelText(label);
  expect(field("Time")).toBeDisabled();
  await user.type(field("Due date"), "2099-03-01");
  await user.type(field("Time"), "09:30");
  // There are hundreds of zones; a test's user takes long to look through them.
  fireEvent.change(field("Time zone"), { target: { value: "Europe/Berlin" } });
  await user.selectOptions(field("Repeat"), "weekly");
  await user.selectOptions(within(screen.getByRole("form")).getByLabelText("Priority"), "high");
  await user.type(field("Tags"), "#Home, errands{Enter}");
  expect(await screen.findByText(/1 Mar 2099 9:30/)).toBeVisible();
  const list = screen.getByRole("region", { name: "Todos" }); // a toast is an item of another list
  const row = within(within(list).getByRole("listitem"));
  expect(row.getByText("Every week")).toBeVisible();
  expect(row.getByText("High priority")).toBeVisible();
  await waitFor(() =>
    expect(api.todos[0]).toMatchObject({
      due: { date: "2099-03-01", time: "09:30", zone: "Europe/Berlin" },
      repeat: "weekly",
      priority: "high",
      tags: ["home", "errands"],
    }),
  );
});

it("says what is wrong with a tag and sends nothing", async () => {
  const api = new FakeApi("Milk");
  const user = renderApp(api);
  await user.click(screen.getByRole("button", { name: "Edit Milk" }));
  await user.type(await screen.findByLabelText("Tags"), "n@pe{Enter}");
  expect(screen.getByLabelText("Tags")).toHaveAccessibleDescription(/“n@pe” is no tag/);
  expect(api.requests).toEqual([]);
});

it("shows what is overdue until it is done", async () => {
  const api = new FakeApi();
  api.add("Rent", { due: dueOn("2020-01-01") });
  const user = renderApp(api);
  expect(screen.getByText("Overdue:")).toBeInTheDocument();
  await user.click(screen.getByRole("checkbox", { name: "Rent" }));
  expect(screen.queryByText("Overdue:")).not.toBeInTheDocument();
});

it("filters by tag from a row, and back", async () => {
  const api = new FakeApi("Milk");
  api.add("Rent", { tags: ["home"] });
  const user = renderApp(api);
  await user.click(screen.getByRole("link", { name: "#home" }));
  await waitFor(() => expect(titles()).toEqual(["Rent"]));
  expect(address()).toBe("/?tag=home");
  await user.click(screen.getByRole("link", { name: "Remove the filter #home" }));
  await waitFor(() => expect(titles()).toEqual(["Rent", "Milk"]));
});

it("filters by due date and priority, and sorts", async () => {
  const api = new FakeApi("Milk");
  api.add("Rent", { due: dueOn("2020-01-01"), priority: "high" });
  const user = renderApp(api);
  await user.selectOptions(screen.getByLabelText("Sort by"), "title");
  await waitFor(() => expect(titles()).toEqual(["Milk", "Rent"]));
  await user.selectOptions(screen.getByLabelText("Due"), "overdue");
  await waitFor(() => expect(titles()).toEqual(["Rent"]));
  await user.selectOptions(screen.getByLabelText("Priority"), "low");
  expect(await screen.findByText("Nothing matches these filters")).toBeVisible();
  expect(address()).toBe("/?status=pending&priority=low&due=overdue&sort=title");
});

it("brings a deleted todo back to its place", async () => {
  const api = new FakeApi("Milk", "Bread", "Tea");
  const user = renderApp(api);
  await user.click(screen.getByRole("button", { name: "Delete Bread" }));
  expect(titles()).toEqual(["Milk", "Tea"]);
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  await waitFor(() => expect(titles()).toEqual(["Milk", "Bread", "Tea"]));
  await waitFor(() => expect(api.todos).toHaveLength(3));
});

it("keeps both changes when another field was changed elsewhere", async () => {
  const api = new FakeApi("Milk");
  const user = renderApp(api);
  Object.assign(api.todo("Milk"), { title: "Soy milk", version: 2 });
  await user.click(screen.getByRole("checkbox", { name: "Milk" }));
  await waitFor(() => expect(api.todos[0]).toMatchObject({ title: "Soy milk", completed: true, version: 3 }));
  await waitFor(() => expect(titles()).toEqual(["✓ Soy milk"]));
  expect(screen.queryByText(/changed elsewhere/)).not.toBeInTheDocument();
});

it("selects a range, and everything, and lets go with the bar's button", async () => {
  const user = renderApp(new FakeApi("One", "Two", "Three", "Four"));
  await user.click(screen.getByRole("button", { name: "Select" }));
  await bar();
  await user.click(box("Two"));
  await user.keyboard("{Shift>}");
  await user.click(box("Four"));
  await user.keyboard("{/Shift}");
  expect(selected()).toEqual(["Two", "Three", "Four"]);
  expect(screen.getByText("3 selected")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "All shown" }));
  expect(selected()).toEqual(["One", "Two", "Three", "Four"]);
  await user.click(screen.getByRole("button", { name: "End selecting" }));
  expect(titles()).toEqual(["One", "Two", "Three", "Four"]);
});

it("completes many at once and undoes it", async () => {
  const api = new FakeApi("One", "Two", "Three");
  const user = renderApp(api);
  await user.keyboard("jxjx");
  await bar();
  await user.click(screen.getByRole("button", { name: "Complete" }));
  expect(titles()).toEqual(["✓ One", "✓ Two", "Three"]);
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  await waitFor(() => expect(titles()).toEqual(["One", "Two", "Three"]));
  await waitFor(() => expect(api.todos.some((todo) => todo.completed)).toBe(false));
});

it("tags many at once", async () => {
  const api = new FakeApi("One", "Two");
  const user = renderApp(api);
  await user.keyboard("jxjx");
  await bar();
  await user.click(screen.getByRole("button", { name: "Tag" }));
  await user.type(await screen.findByLabelText("Tag"), "#Home{Enter}");
  await waitFor(() => expect(api.todos.map((todo) => todo.tags)).toEqual([["home"], ["home"]]));
  expect(screen.getAllByRole("link", { name: "#home" })).toHaveLength(2);
});

it("puts all of them back when a bulk change failed, says so, and can try again", async () => {
  const api = new FakeApi("One", "Two");
  const user = renderApp(api);
  api.failWrites("network");
  await user.keyboard("jxjx");
  await bar();
  await user.click(screen.getByRole("button", { name: "Delete" }));
  expect(await screen.findByText("Could not delete 2 todos")).toBeVisible();
  expect(titles()).toEqual(["One", "Two"]);
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(api.todos).toEqual([]));
});

it("moves a todo by its menu, and back when that fails", async () => {
  const api = new FakeApi("One", "Two", "Three");
  const user = renderApp(api);
  const move = async (title: string, item: string) => {
    await user.click(screen.getByRole("button", { name: `Move ${title}` }));
    await user.click(await screen.findByRole("menuitem", { name: item }));
  };
  await move("Three", "Move to the top");
  await waitFor(() => expect(titles()).toEqual(["Three", "One", "Two"]));
  await waitFor(() => expect(api.requests.some((request) => request.startsWith("PATCH"))).toBe(true));
  api.failWrites(503);
  await move("Three", "Move down");
  expect(await screen.findByText("Could not move “Three”")).toBeVisible();
  await waitFor(() => expect(titles()).toEqual(["Three", "One", "Two"]));
});

it("has no handles to move rows where the order is not the user's own", () => {
  renderApp(new FakeApi("One"), "/?sort=title");
  expect(screen.queryByRole("button", { name: "Move One" })).not.toBeInTheDocument();
});

it("undoes every change by its toast, or the latest by Ctrl+Z, but not what a field can undo itself", async () => {
  const api = new FakeApi("Milk", "Bread");
  api.todos[0] = { ...api.todo("Milk"), due: dueOn("2099-03-01") };
  const user = renderApp(api);
  await user.click(screen.getByRole("button", { name: "Edit Milk" }));
  fireEvent.change(await screen.findByLabelText("Due date"), { target: { value: "" } });
  await user.type(screen.getByRole("textbox", { name: "Title" }), "{Enter}");
  await screen.findByText("Saved “Milk”");
  expect(api.todo("Milk").due).toBeNull();

  const field = screen.getByRole("textbox", { name: "New todo" });
  await user.type(field, "x");
  await user.keyboard("{Control>}z{/Control}");
  expect(api.todo("Milk").due).toBeNull();
  await user.clear(field);
  await user.keyboard("{Control>}z{/Control}");
  await waitFor(() => expect(api.todo("Milk").due?.date).toBe("2099-03-01"));
  await waitFor(() => expect(screen.queryByRole("button", { name: "Undo" })).not.toBeInTheDocument());

  await user.type(field, "Tea{Enter}");
  await screen.findByText("Added “Tea”");
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  await waitFor(() => expect(api.todos.map(({ title }) => title)).toEqual(["Milk", "Bread"]));
});

it("refuses a date that is half typed, and keeps the one that there was", async () => {
  const api = new FakeApi("Milk");
  api.todos[0] = { ...api.todo("Milk"), due: dueOn("2099-03-01", "09:30"), repeat: "monthly" };
  const user = renderApp(api);
  await user.click(screen.getByRole("button", { name: "Edit Milk" }));
  const date = await screen.findByLabelText<HTMLInputElement>("Due date");
  // jsdom has no half typed dates: what a browser says of one.
  Object.defineProperty(date, "validity", { value: { badInput: true, valid: false } });
  fireEvent.change(date, { target: { value: "" } });
  expect(screen.getByLabelText("Time")).toBeEnabled();
  await user.type(screen.getByRole("textbox", { name: "Title" }), "{Enter}");

  expect(await screen.findByText(/not a day of the calendar/)).toBeVisible();
  expect(date).toHaveAccessibleDescription(/not a day of the calendar/);
  expect(api.requests).toEqual([]);
});
