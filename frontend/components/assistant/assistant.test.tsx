import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import { FakeApi } from "@/tests/support/fake-api";
import { aCall, aMessage, CHAT_UNDO } from "@/tests/support/fake-chat";
import { fill } from "@/tests/support/fill";
import { renderApp, titles } from "@/tests/support/render-app";

// Loaded when first opened; a busy machine takes its time to compile it.
beforeAll(async () => {
  await import("./assistant-panel");
});

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: true, addEventListener() {}, removeEventListener() {} }));
});

const field = () => screen.getByLabelText<HTMLTextAreaElement>("Message to the assistant");
const aside = () => document.querySelector("aside");
const panel = () => within(aside() as HTMLElement);

async function open(api = new FakeApi("Milk")) {
  const user = renderApp(api);
  await user.click(screen.getByRole("button", { name: "Assistant" }));
  await waitFor(() => expect(field()).toHaveFocus());
  await panel().findByText(/What can I do|^You:/);
  async function say(text: string) {
    await fill(user, field(), text);
    await user.keyboard("{Enter}");
    await waitFor(() => expect(api.chat.asked.at(-1)).toBe(text));
  }
  return { api, user, say };
}

it("shows the answer as it comes, each call with its result, and the list as it is then", async () => {
  const { api, say } = await open();
  expect(aside()).toHaveAccessibleName("Assistant");
  await say("Add bread");
  expect(field()).toHaveValue("");
  expect(panel().getByRole("button", { name: "Stop the answer" })).toBeVisible();
  api.chat.call({ name: "add", arguments: { title: "Bread", due_date: null } });
  expect(await panel().findByText("Add a todo")).toBeVisible();
  expect(panel().getByText("Working:")).toBeInTheDocument();

  api.add("Bread");
  api.chat.call({
    name: "add",
    arguments: { title: "Bread" },
    ok: true,
    summary: "Added “Bread”.",
    undo: CHAT_UNDO,
  });
  await waitFor(() => expect(titles()).toEqual(["Bread", "Milk"]));
  expect(panel().getByText("Added “Bread”.")).toBeVisible();

  api.chat.text("It is ");
  expect(await panel().findByText("It is")).toBeVisible();
  const said = screen.getByRole("status");
  expect(said).not.toHaveTextContent("It is");
  const calls = [aCall({ name: "add", ok: true, summary: "Added “Bread”.", undo: CHAT_UNDO })];
  api.chat.done({ text: "It is on the list.", calls });
  expect(await panel().findByText("It is on the list.")).toBeVisible();
  await waitFor(() => expect(said).toHaveTextContent("Assistant: It is on the list."));
  expect(panel().getByRole("button", { name: "Send" })).toBeVisible();
});

it("stops on request and keeps what was said", async () => {
  const { api, user, say } = await open();
  await say("Tell me everything");
  api.chat.text("First of all");
  await panel().findByText("First of all");
  await user.click(panel().getByRole("button", { name: "Stop the answer" }));
  expect(await panel().findByText("Stopped before its end.")).toBeVisible();
  expect(panel().getByText("First of all")).toBeVisible();
  expect(api.chat.left).toBe(true);
  expect(panel().queryByRole("alert")).not.toBeInTheDocument();
});

it("asks again by itself while the server still ends the answer before", async () => {
  const { api, say } = await open();
  api.chat.refusals = [{ status: 409, type: "busy" }];
  await say("Add bread");
  await waitFor(() => expect(api.chat.asked).toEqual(["Add bread", "Add bread"]));
  api.chat.done({ text: "Done." });
  expect(await panel().findByText("Done.")).toBeVisible();
});

it("gives a refused question back and says why", async () => {
  const { api, say } = await open();
  api.chat.refusals = [{ status: 503, type: "database-unavailable" }];
  await say("Add bread");
  expect(await panel().findByRole("alert")).toHaveTextContent(/server has a problem \(503\)/);
  expect(field()).toHaveValue("Add bread");
  expect(panel().queryByText("You:")).not.toBeInTheDocument();
});

it("says that the answer broke off, keeps it, and asks again on request", async () => {
  const { api, user, say } = await open();
  await say("Add bread");
  api.chat.text("I am ab");
  await panel().findByText("I am ab");
  api.chat.cut();
  expect(await panel().findByRole("alert")).toHaveTextContent(/broke in the middle/);
  expect(panel().getByText("I am ab")).toBeVisible();
  await user.click(panel().getByRole("button", { name: "Ask again" }));
  await waitFor(() => expect(api.chat.asked).toEqual(["Add bread", "Add bread"]));
  expect(panel().queryByRole("alert")).not.toBeInTheDocument();
});

it("says the assistant's own problem", async () => {
  const { api, say } = await open();
  await say("Add bread");
  api.chat.fail("The AI service did not answer in time. Ask again in a moment.");
  expect(await panel().findByRole("alert")).toHaveTextContent(/^The AI service did not answer in time/);
});

it.each([
  [undefined, "Undone"],
  ["undo-stale", "It was changed since, so it stays."],
  ["undo-gone", "It was undone already, or is too long ago."],
])("undoes a change from before (refused: %s)", async (refusal, text) => {
  const api = new FakeApi("Milk");
  const call = aCall({ name: "delete", ok: true, summary: "Deleted “Bread”.", undo: CHAT_UNDO });
  api.chat.messages = [
    aMessage({ id: "1", role: "user", text: "Delete bread" }),
    aMessage({ id: "2", calls: [call] }),
  ];
  const undone = vi.spyOn(api.chat, "undo");
  if (refusal) api.chat.undoRefusal = refusal;
  const { user } = await open(api);
  await user.click(await panel().findByRole("button", { name: "Undo: Deleted “Bread”." }));
  expect(await panel().findByText(text)).toBeVisible();
  expect(undone).toHaveBeenCalledWith(CHAT_UNDO);
});

it("shows what was said before, marks what was stopped, and clears it on request", async () => {
  const api = new FakeApi("Milk");
  api.chat.messages = [
    aMessage({ id: "1", role: "user", text: "Tell me everything" }),
    aMessage({ id: "2", text: "First of all", stopped: true }),
  ];
  const { user } = await open(api);
  expect(panel().getByText("First of all")).toBeVisible();
  expect(panel().getByText("Stopped before its end.")).toBeVisible();
  expect(panel().getByText("Built-in")).toBeVisible();
  await user.click(panel().getByRole("button", { name: "Clear conversation" }));
  expect(await panel().findByText(/What can I do/)).toBeVisible();
  expect(api.chat.messages).toEqual([]);
  expect(field()).toHaveFocus();
});

it("keeps what was typed and the answer under way while it is closed", async () => {
  const { api, user, say } = await open();
  await say("Add bread");
  await fill(user, field(), "And then");
  await user.click(panel().getByRole("button", { name: "Close assistant" }));
  await waitFor(() => expect(screen.getByRole("button", { name: "Assistant" })).toHaveFocus());
  expect(aside()).toBeNull();
  api.chat.done({ text: "It is on the list." });
  await user.click(screen.getByRole("button", { name: "Assistant" }));
  await waitFor(() => expect(field()).toHaveValue("And then"));
  expect(await panel().findByText("It is on the list.")).toBeVisible();
  await user.clear(field());
});

it.each([{ isComposing: true }, { keyCode: 229 }, { isComposing: true, keyCode: 229 }])(
  "sends nothing with the Enter that settles a word of an input method: %j",
  async (key) => {
    const { api } = await open();
    fireEvent.input(field(), { target: { value: "牛乳" } });
    fireEvent.keyDown(field(), { key: "Enter", ...key });
    expect(field()).toHaveValue("牛乳");
    expect(api.requests.filter((request) => request.startsWith("POST /api/chat"))).toEqual([]);
    fireEvent.keyDown(field(), { key: "Enter" });
    await waitFor(() => expect(api.requests).toContain("POST /api/chat"));
    expect(field()).toHaveValue("");
    api.chat.done({ text: "Done." });
    expect(await panel().findByText("Done.")).toBeVisible();
  },
);
