import { fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeAll, expect, it, vi } from "vitest";
import type { Reading } from "@/lib/api/todos";
import { FakeApi } from "@/tests/support/fake-api";
import { renderApp, titles } from "@/tests/support/render-app";

// Loaded ahead, so that no expectation waits for it on a busy machine.
beforeAll(() => Promise.all([import("@/lib/api/todos"), import("./quick-add-preview")]));

const field = () => screen.getByRole<HTMLInputElement>("textbox", { name: "New todo" });
const chips = () => screen.queryAllByRole("button", { name: /as text$/ }).map((chip) => chip.textContent);
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const tomorrow = () => {
  const day = new Date();
  day.setDate(day.getDate() + 1);
  return day.toLocaleDateString("sv-SE");
};

const MILK = "buy milk tomorrow 9am #home !high every week";
const milk = (): Partial<Reading> => ({
  title: "buy milk",
  due: { date: tomorrow(), time: "09:00", zone },
  priority: "high",
  tags: ["home"],
  repeat: "weekly",
  understood: [
    {
      kind: "due",
      words: "tomorrow 9am",
      kept: "buy milk \\tomorrow \\9am #home !high every week",
      tag: null,
    },
    { kind: "tag", words: "#home", kept: "", tag: "home" },
    { kind: "priority", words: "!high", kept: "", tag: null },
    { kind: "repeat", words: "every week", kept: "", tag: null },
  ],
});

it("shows what the backend understands, and sends the text as it was at Enter", async () => {
  const api = new FakeApi("Bread");
  api.reads(MILK, milk());
  const user = renderApp(api);
  await user.type(field(), MILK);
  await waitFor(() => expect(chips()).toEqual(["Tomorrow 9:00", "#home", "High priority", "Every week"]));
  const before = Date.now();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(titles()).toEqual(["buy milk", "Bread"]));
  expect(chips()).toEqual([]);
  await waitFor(() => expect(api.lines).toHaveLength(1));
  const [line] = api.lines;
  expect(line).toMatchObject({ text: MILK, zone });
  expect(Date.parse(line?.at ?? "")).toBeGreaterThanOrEqual(before);
  expect(Date.parse(line?.at ?? "")).toBeLessThanOrEqual(Date.now());
});

it("asks for a preview once typing rests, not for every letter", async () => {
  const api = new FakeApi();
  const user = renderApp(api);
  await user.type(field(), MILK);
  await waitFor(() => expect(api.requests.filter((request) => request.endsWith("/read"))).not.toEqual([]));
  expect(api.requests.filter((request) => request.endsWith("/read")).length).toBeLessThan(MILK.length / 2);
});

it("waits for no preview: the row shows the text until the answer is there", async () => {
  const api = new FakeApi();
  api.reads(MILK, milk());
  const gate = api.holdWrites();
  const user = renderApp(api);
  await user.click(field());
  fireEvent.input(field(), { target: { value: MILK } });
  fireEvent.submit(field());
  expect(field()).toHaveValue("");
  await waitFor(() => expect(titles()).toEqual([MILK]));
  gate.open();
  await waitFor(() => expect(titles()).toEqual(["buy milk"]));
});

it("puts back to text what was not meant, and goes on in the field", async () => {
  const api = new FakeApi();
  api.reads("sing tomorrow", {
    title: "sing",
    due: { date: tomorrow(), time: null, zone },
    understood: [{ kind: "due", words: "tomorrow", kept: "sing \\tomorrow", tag: null }],
  });
  api.reads("sing \\tomorrow", { title: "sing tomorrow" });
  const user = renderApp(api);
  await user.type(field(), "sing tomorrow");
  await user.click(await screen.findByRole("button", { name: /keep “tomorrow” as text/ }));
  expect(field()).toHaveFocus();
  expect(field()).toHaveValue("sing \\tomorrow");
  await waitFor(() => expect(chips()).toEqual([]));
  await user.keyboard("{Enter}");
  await waitFor(() => expect(api.todos[0]).toMatchObject({ title: "sing tomorrow", due: null }));
});

it("says to a screen reader what was understood, once typing rests", async () => {
  const api = new FakeApi();
  api.reads(MILK, milk());
  const user = renderApp(api);
  await user.type(field(), MILK);
  expect(
    await screen.findByText("Understood: Tomorrow 9:00, #home, High priority, Every week", {
      selector: "[role=status] *",
    }),
  ).toBeInTheDocument();
});

it("gives the text back as it was typed when adding failed", async () => {
  const api = new FakeApi();
  const user = renderApp(api);
  api.failWrites("network");
  await user.type(field(), "call Ann #home{Enter}");
  await waitFor(() => expect(field()).toHaveValue("call Ann #home"));
  expect(titles()).toEqual([]);
});

it("keeps the text in the field while there is no network, and sends nothing", async () => {
  const api = new FakeApi();
  const user = renderApp(api);
  const online = vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  await user.type(field(), "call Ann{Enter}");
  expect(field()).toHaveValue("call Ann");
  expect(screen.getByText(/You are offline\. Your text stays here/)).toBeInTheDocument();
  online.mockReturnValue(true);
  await user.keyboard("{Enter}");
  await waitFor(() => expect(titles()).toEqual(["call Ann"]));
});

it("refuses what is no line", async () => {
  const user = renderApp(new FakeApi());
  await user.type(field(), "  {Enter}");
  expect(screen.getByRole("alert")).toHaveTextContent("Write what needs doing first.");
  await user.clear(field());
  await user.paste("x".repeat(501));
  await user.keyboard("{Enter}");
  expect(screen.getByRole("alert")).toHaveTextContent("A line has at most 500 characters; this one has 501.");
});

it("sends nothing with the Enter that settles what an input method offers", async () => {
  const api = new FakeApi();
  renderApp(api);
  fireEvent.input(field(), { target: { value: "にほん" }, isComposing: true });
  expect(fireEvent.keyDown(field(), { key: "Enter", isComposing: true })).toBe(false);
  expect(fireEvent.keyDown(field(), { key: "Enter", keyCode: 229 })).toBe(false);
  expect(fireEvent.keyDown(field(), { key: "Enter", keyCode: 13 })).toBe(true);
});

const PASTED = "- milk\n\n bread tomorrow\r\neggs\n";

it.each([
  ["{Enter}", ["- milk", "bread tomorrow", "eggs"]],
  ["Add as one", ["- milk bread tomorrow eggs"]],
  ["Add 3 todos", ["- milk", "bread tomorrow", "eggs"]],
])("asks whether several pasted lines are several todos: %s", async (answer, added) => {
  const api = new FakeApi();
  const user = renderApp(api);
  await user.click(field());
  await user.paste(PASTED);
  expect(screen.getByText("3 lines were pasted.")).toBeInTheDocument();
  if (answer === "{Enter}") await user.keyboard(answer);
  else await user.click(screen.getByRole("button", { name: answer }));
  await waitFor(() => expect(titles()).toEqual(added));
  expect(field()).toHaveValue("");
});

it.each([
  ["line separators", "milk\u2028bread\u2029eggs", ["milk", "bread", "eggs"]],
  ["a next line and a form feed", "milk\u0085bread\feggs", ["milk", "bread", "eggs"]],
  ["carriage returns alone", "milk\rbread\reggs", ["milk", "bread", "eggs"]],
  ["lines of which nothing can be seen", "milk\n\u200b\n\u00ad \nbread", ["milk", "bread"]],
  ["spaces and tabs around", "\t milk \n\n\t bread\t", ["milk", "bread"]],
  ["very many spaces", `milk\n${" ".repeat(200_000)}\nbread`, ["milk", "bread"]],
])("takes the lines of a text with %s", async (_, pasted, added) => {
  const user = renderApp(new FakeApi());
  await user.click(field());
  await user.paste(pasted);
  expect(screen.getByText(`${added.length} lines were pasted.`)).toBeInTheDocument();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(titles()).toEqual(added));
});

it.each(["milk\n", "\nmilk", "milk\n\u200b", "\u2028milk\r\n"])("takes %j for one line", async (pasted) => {
  const user = renderApp(new FakeApi());
  await user.click(field());
  await user.paste(pasted);
  expect(screen.queryByText(/lines were pasted/)).not.toBeInTheDocument();
});

it("takes pasted lines for one todo once they are edited", async () => {
  const user = renderApp(new FakeApi());
  await user.click(field());
  await user.paste("milk\nbread");
  await user.keyboard("!");
  expect(screen.queryByText("2 lines were pasted.")).not.toBeInTheDocument();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(titles()).toEqual(["milk bread!"]));
});
