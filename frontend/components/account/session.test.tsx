import { screen, waitFor, within } from "@testing-library/react";
import { beforeAll, expect, it, vi } from "vitest";
import { FakeApi } from "@/tests/support/fake-api";
import { fill } from "@/tests/support/fill";
import { leaveTo } from "@/tests/support/leave-to";
import { renderApp, titles } from "@/tests/support/render-app";

// Loaded when first opened; a busy machine takes its time to compile them.
beforeAll(async () => {
  await Promise.all([
    import("./account-menu-items"),
    import("./login-dialog"),
    import("./import-dialog"),
    import("./password-dialog"),
  ]);
});

const banner = () => screen.findByText("Your session has ended.");

function ada(...todos: string[]) {
  const api = new FakeApi(...todos);
  api.accounts.enter("ada@example.org");
  return api;
}

async function logInAgain(user: ReturnType<typeof renderApp>) {
  await user.click(within((await banner()).closest("[role=alert]") as HTMLElement).getByRole("link"));
  const dialog = within(await screen.findByRole("dialog"));
  await fill(user, dialog.getByLabelText("E-mail"), "ada@example.org");
  await fill(user, dialog.getByLabelText("Password"), "correct horse");
  await user.keyboard("{Enter}");
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
}

it("says once that the session has ended, keeps what was typed, and shows the guest's list", async () => {
  const api = ada("Milk");
  const user = renderApp(api);
  const field = screen.getByRole("textbox", { name: "New todo" });
  await user.type(field, "Bread");
  api.accounts.ended = true; // only now: on a busy machine, something else asks while one types, and learns it first
  await user.keyboard("{Enter}");
  await banner();
  await waitFor(() => expect(field).toHaveValue("Bread"));
  await waitFor(() => expect(titles()).toEqual([]));
  expect(screen.queryByText(/Could not add/)).not.toBeInTheDocument();

  await logInAgain(user);
  await waitFor(() => expect(titles()).toEqual(["Milk"]));
  expect(screen.queryByText("Your session has ended.")).not.toBeInTheDocument();
  expect(field).toHaveValue("Bread");
});

it("makes the change that met the end of the session after the next login", async () => {
  const api = ada("Milk");
  const user = renderApp(api);
  api.accounts.ended = true;
  await user.click(screen.getByRole("checkbox", { name: "Milk" }));
  await waitFor(() => expect(titles()).toEqual([]));
  await logInAgain(user);
  await waitFor(() => expect(titles()).toEqual(["✓ Milk"]));
  expect(api.todos[0]).toMatchObject({ completed: true });
});

it("says nothing when the session was only replaced by another tab's login", async () => {
  const api = ada("Milk");
  const user = renderApp(api);
  api.accounts.ended = true;
  const answer = api.accounts.sessionEnded.bind(api.accounts);
  vi.spyOn(api.accounts, "sessionEnded").mockImplementation(() => {
    const response = answer();
    api.accounts.enter("ada@example.org");
    api.add("Bread");
    return response;
  });
  await user.click(screen.getByRole("checkbox", { name: "Milk" }));
  await waitFor(() => expect(titles()).toEqual(["Bread"]));
  expect(screen.queryByText("Your session has ended.")).not.toBeInTheDocument();
});

it("offers a guest to log in, to register, and to take the todos along", async () => {
  const user = renderApp(new FakeApi("Milk"));
  expect(screen.getByRole("link", { name: "Log in" })).toHaveAttribute("href", "/login");
  await user.click(screen.getByRole("button", { name: "Menu" }));
  const items = (await screen.findAllByRole("menuitem")).map((item) => item.textContent);
  expect(items).toEqual(["Log in", "Create an account", "Export todos", "Import todos"]);
});

it("imports what a file has, once it has shown how much that is", async () => {
  const api = new FakeApi("Milk");
  const user = renderApp(api);
  await user.click(screen.getByRole("button", { name: "Menu" }));
  await user.click(await screen.findByRole("menuitem", { name: "Import todos" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Import todos" }));
  const field = dialog.getByLabelText<HTMLInputElement>(/Choose a file/);
  await user.upload(field, new File(["{}"], "other.json", { type: "application/json" }));
  expect(await dialog.findByRole("alert")).toHaveTextContent(/holds no exported todos/);

  const todos = [{ title: "Milk" }, { title: "Bread" }];
  const exported = JSON.stringify({ format: "todo-app", format_version: 1, exported_at: "", todos });
  await user.upload(field, new File([exported], "todos.json", { type: "application/json" }));
  expect(await dialog.findByRole("status")).toHaveTextContent(
    "todos.json: one new todo; 1 you have already.",
  );
  expect(dialog.queryByRole("alert")).not.toBeInTheDocument();
  expect(api.todos).toHaveLength(1);
  await user.click(dialog.getByRole("button", { name: "Import 1" }));
  await waitFor(() => expect(titles()).toEqual(["Bread", "Milk"]));
});

async function choose(user: ReturnType<typeof renderApp>, item: string) {
  await user.click(screen.getByRole("button", { name: "Account ada@example.org" }));
  await user.click(await screen.findByRole("menuitem", { name: item }));
}

it("logs out and leaves the page", async () => {
  const api = ada();
  const user = renderApp(api);
  await choose(user, "Log out");
  await waitFor(() => expect(leaveTo).toHaveBeenCalledWith("/"));
  expect(api.accounts.me.guest).toBe(true);
});

it("changes the password, once the current one is right", async () => {
  const api = ada();
  const user = renderApp(api);
  await choose(user, "Change password");
  const dialog = within(await screen.findByRole("dialog", { name: "Change password" }));
  const current = dialog.getByLabelText("Current password");
  await fill(user, current, "wrong");
  await fill(user, dialog.getByLabelText("New password"), "battery staple");
  await user.keyboard("{Enter}");
  await waitFor(() => expect(current).toHaveAccessibleDescription("This is wrong."));
  await fill(user, current, "correct horse");
  await user.keyboard("{Enter}");
  expect(await screen.findByText("Your password is changed")).toBeVisible();
  expect(api.accounts.passwords.get("ada@example.org")).toBe("battery staple");
});

it("deletes the account only with its password", async () => {
  const api = ada();
  const user = renderApp(api);
  await choose(user, "Delete account");
  const dialog = within(await screen.findByRole("dialog", { name: "Delete your account?" }));
  await user.click(dialog.getByRole("button", { name: "Delete account" }));
  const password = dialog.getByLabelText("Password");
  expect(password).toHaveAccessibleDescription(/Write your password/);
  await fill(user, password, "correct horse");
  await user.keyboard("{Enter}");
  await waitFor(() => expect(leaveTo).toHaveBeenCalledWith("/"));
  expect(api.accounts.passwords.size).toBe(0);
});
