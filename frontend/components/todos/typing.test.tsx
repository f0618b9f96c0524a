import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { beforeAll, expect, it, vi } from "vitest";
import { EVERYTHING } from "@/lib/todo-view";
import { FakeApi } from "@/tests/support/fake-api";
import { renderApp, titles } from "@/tests/support/render-app";
import { TodoSearch } from "./todo-search";

beforeAll(() => import("./todo-editor"));

/** What a browser says of a key that belongs to an input method; Safari gives only the number. */
const COMPOSING = [{ isComposing: true }, { keyCode: 229 }, { isComposing: true, keyCode: 229 }];

const search = () => screen.getByRole("searchbox", { name: "Search todos" });

it.each([
  ["", "milk", { q: "milk" }],
  ["", " milk ", { q: "milk" }],
  ["", "日本", { q: "日本" }],
  ["milk", "milk tea", { q: "milk tea" }],
  ["milk", "tea", { q: "tea" }],
  ["", "", undefined],
  ["milk", "milk", undefined],
])(
  "takes what was typed into Search before the scripts ran: for “%s” then “%s”",
  async (q, typed, wanted) => {
    const onChange = vi.fn();
    const element = <TodoSearch view={{ ...EVERYTHING, q }} onChange={onChange} />;
    const page = document.body.appendChild(document.createElement("div"));
    page.innerHTML = renderToString(element);
    fireEvent.input(search(), { target: { value: typed } });
    const root = await act(async () => hydrateRoot(page, element));
    expect(search()).toHaveValue(typed);
    expect(onChange.mock.calls).toEqual(wanted ? [[wanted, "replace"]] : []);
    act(() => root.unmount());
    page.remove();
  },
);

it("keeps a ticked todo in a view whose tag is written in capitals", async () => {
  const api = new FakeApi("Milk");
  api.add("Rent", { tags: ["home"] });
  const user = renderApp(api, "/?tag=Home");
  expect(titles()).toEqual(["Rent"]);
  await user.click(screen.getByRole("checkbox", { name: "Rent" }));
  await waitFor(() => expect(api.todo("Rent").completed).toBe(true));
  expect(titles()).toEqual(["✓ Rent"]);
});

it.each(COMPOSING)("leaves Search as it is while an input method has the keys: %j", async (key) => {
  const user = renderApp(new FakeApi("Milk", "Bread"));
  await user.type(search(), "mil");
  await waitFor(() => expect(titles()).toEqual(["Milk"]));
  fireEvent.keyDown(search(), { key: "Escape", ...key });
  expect(search()).toHaveValue("mil");
  fireEvent.keyDown(search(), { key: "Escape" });
  expect(search()).toHaveValue("");
});

it.each(COMPOSING)("neither saves nor leaves an edit by an input method's keys: %j", async (key) => {
  const api = new FakeApi("Milk");
  const user = renderApp(api);
  await user.click(screen.getByRole("button", { name: "Edit Milk" }));
  const title = await screen.findByRole("textbox", { name: "Title" });
  fireEvent.change(title, { target: { value: "牛" } });
  for (const name of ["Enter", "Escape"]) fireEvent.keyDown(title, { key: name, ...key });
  expect(title).toBeVisible();
  expect(api.requests).toEqual([]);
  fireEvent.keyDown(title, { key: "Enter" });
  await waitFor(() => expect(api.todos.map((todo) => todo.title)).toEqual(["牛"]));
});
