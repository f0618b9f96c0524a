import { fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeAll, expect, it } from "vitest";
import { FakeApi } from "@/tests/support/fake-api";
import { renderApp, titles } from "@/tests/support/render-app";

// Loaded ahead, so that no expectation waits for it on a busy machine.
beforeAll(() => Promise.all([import("@/lib/quick-add"), import("./quick-add-preview")]), 60_000);

const field = () => screen.getByRole<HTMLInputElement>("textbox", { name: "New todo" });
const chips = () => screen.queryAllByRole("button", { name: /as text$/ }).map((chip) => chip.textContent);
const tomorrow = () => {
  const day = new Date();
  day.setDate(day.getDate() + 1);
  return day.toLocaleDateString("sv-SE");
};

it("shows what it understands while it is typed, and adds exactly that", async () => {
  const api = new FakeApi("Bread");
  const user = renderApp(api);
  await user.type(field(), "buy milk tomorrow 9am #home !high every week");
  await waitFor(() => expect(chips()).toEqual(["Tomorrow 9:00", "#home", "High priority", "Every week"]));
  await user.keyboard("{Enter}");
  await waitFor(() => expect(titles()).toEqual(["buy milk", "Bread"]));
  expect(chips()).toEqual([]);
  await waitFor(() =>
    expect(api.todos[0]).toMatchObject({
      title: "buy milk",
      due: { date: tomorrow(), time: "09:00", zone: Intl.DateTimeFormat().resolvedOptions().timeZone },
      priority: "high",
      tags: ["home"],
      repeat: "weekly",
    }),
  );
});

it("understands what was entered before its code was there", async () => {
  const api = new FakeApi();
  renderApp(api);
  fireEvent.focus(field());
  fireEvent.input(field(), { target: { value: "buy milk #home" } });
  fireEvent.submit(field());
  expect(field()).toHaveValue("");
  await waitFor(() => expect(api.todos[0]).toMatchObject({ title: "buy milk", tags: ["home"] }));
});

it("puts back to text what was not meant, and goes on in the field", async () => {
  const api = new FakeApi();
  const user = renderApp(api);
  await user.type(field(), "sing tomorrow 9am #home");
  await user.click(await screen.findByRole("button", { name: /keep “tomorrow 9am” as text/ }));
  expect(field()).toHaveFocus();
  expect(field()).toHaveValue("sing \\tomorrow \\9am #home");
  expect(chips()).toEqual(["#home"]);
  await user.keyboard("{Enter}");
  await waitFor(() =>
    expect(api.todos[0]).toMatchObject({ title: "sing tomorrow 9am", due: null, tags: ["home"] }),
  );
});

it("says to a screen reader what was understood, once typing rests", async () => {
  const user = renderApp(new FakeApi());
  await user.type(field(), "water every monday #home");
  expect(
    await screen.findByText(/^Understood: Every week from \S.*, #home$/, { selector: "[role=status] *" }),
  ).toBeInTheDocument();
});

it("gives the text back as it was typed when adding failed", async () => {
  const api = new FakeApi();
  const user = renderApp(api);
  api.failWrites("network");
  await user.type(field(), "call Ann #home{Enter}");
  await waitFor(() => expect(field()).toHaveValue("call Ann #home"));
  expect(chips()).toEqual(["#home"]);
  expect(titles()).toEqual([]);
});

it("takes a text that is nothing but a date as the title", async () => {
  const api = new FakeApi();
  const user = renderApp(api);
  await user.type(field(), "tomorrow{Enter}");
  await waitFor(() => expect(api.todos[0]).toMatchObject({ title: "tomorrow", due: null }));
});
