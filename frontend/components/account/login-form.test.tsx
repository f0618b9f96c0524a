import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { Providers } from "@/app/providers";
import { FakeApi } from "@/tests/support/fake-api";
import { fill } from "@/tests/support/fill";
import { problem } from "@/tests/support/problem";
import type { LoginMode } from "./credentials";
import { LoginForm } from "./login-form";

const email = () => screen.getByRole<HTMLInputElement>("textbox", { name: "E-mail" });
const password = () => screen.getByLabelText<HTMLInputElement>("Password");

function show(mode: LoginMode, api = new FakeApi()) {
  api.accounts.passwords.set("ada@example.org", "correct horse");
  const onDone = vi.fn();
  render(
    <Providers>
      <LoginForm mode={mode} onDone={onDone} />
    </Providers>,
  );
  const user = userEvent.setup();
  async function send(address: string, secret: string) {
    await fill(user, email(), address);
    await fill(user, password(), secret);
    await user.keyboard("{Enter}");
  }
  return { api, onDone, user, send };
}

it.each([
  ["login", "ada", "correct horse", "E-mail", /e-mail address, such as/],
  ["login", "ada@example.org", "", "Password", /Write your password/],
  ["register", "bob@example.org", "short", "Password", /at least 8/],
  ["register", "bob@example.org", "x".repeat(129), "Password", /at most 128.*has 129/],
  ["register", "ada@example.org", "another horse", "E-mail", /has an account already/],
] as const)(
  "to %s with %s and %s: says at the field what is wrong",
  async (mode, address, secret, field, text) => {
    const { send, onDone } = show(mode);
    await send(address, secret);
    const wrong = screen.getByLabelText(field);
    await waitFor(() => expect(wrong).toHaveAccessibleDescription(text));
    await waitFor(() => expect(wrong).toHaveFocus());
    expect(onDone).not.toHaveBeenCalled();
  },
);

it("logs in, with the e-mail as it is meant and the password as it is", async () => {
  const { send, onDone, api } = show("login");
  await send(" ada@example.org ", "correct horse");
  await waitFor(() => expect(onDone).toHaveBeenCalledWith(api.accounts.me));
  expect(api.accounts.me.email).toBe("ada@example.org");
});

it("says of wrong credentials nothing about which one it is, and keeps what was typed", async () => {
  const { send } = show("login");
  await send("ada@example.org", "wrong horse");
  expect(await screen.findByRole("alert")).toHaveTextContent(/do not belong together/);
  expect(email()).toHaveValue("ada@example.org");
  expect(password()).toHaveValue("wrong horse");
});

it("says at the field what only the server knows", async () => {
  const { send } = show("register");
  const errors = [{ field: "email", message: "is not an e-mail address: no domain has two dots" }];
  vi.stubGlobal("fetch", async () => problem(422, { type: "/problems/validation", errors }));
  await send("bob@example..org", "another horse");
  await waitFor(() =>
    expect(email()).toHaveAccessibleDescription(/^This is not an e-mail address: no domain/),
  );
});

it("tells how long to wait after too many attempts, and takes another e-mail meanwhile", async () => {
  const { send, api, onDone } = show("login");
  api.accounts.limited = 700;
  await send("ada@example.org", "correct horse");
  expect(await screen.findByRole("alert")).toHaveTextContent(/in 12 minutes/);
  const asked = api.requests.length;
  expect(screen.getByRole("button", { name: "Log in" })).toHaveAttribute("aria-disabled", "true");
  api.accounts.limited = 0;
  await send("ada@example.org", "correct horse");
  await waitFor(() => expect(onDone).toHaveBeenCalled());
  expect(api.requests.length).toBeGreaterThan(asked);
});

it.each([
  ["login", "current-password"],
  ["register", "new-password"],
] as const)("tells password managers what to %s with", async (mode, autocomplete) => {
  const { user } = show(mode);
  expect(email()).toHaveAttribute("autocomplete", "username");
  expect(password()).toHaveAttribute("autocomplete", autocomplete);
  expect(password()).toHaveAttribute("type", "password");
  await user.click(screen.getByRole("button", { name: "Show password" }));
  expect(password()).toHaveAttribute("type", "text");
});
