import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { FakeApi } from "@/tests/support/fake-api";
import { renderApp, titles } from "@/tests/support/render-app";

type User = ReturnType<typeof renderApp>;

const SEVEN = ["1", "2", "3", "4", "5", "6", "7"];

/** An account with seven todos, of which a page has three. */
function sevenInPagesOfThree(): FakeApi {
  const api = new FakeApi(...SEVEN);
  api.pageSize = 3;
  return api;
}

async function loadAll(api: FakeApi, user: User): Promise<void> {
  for (;;) {
    const more = screen.queryByRole("button", { name: "Show more" });
    if (!more) return;
    const before = api.requests.length;
    await user.click(more);
    await waitFor(() => expect(api.requests.length).toBeGreaterThan(before));
    await waitFor(() => expect(screen.getByLabelText("Todos")).toHaveAttribute("aria-busy", "false"));
  }
}

async function move(user: User, title: string, item: string): Promise<void> {
  await user.click(screen.getByRole("button", { name: `Move ${title}` }));
  await user.click(await screen.findByRole("menuitem", { name: item }));
}

function inOrder(api: FakeApi): string[] {
  api.pageSize = api.todos.length;
  return api.page(new URLSearchParams()).items.map(({ title }) => title);
}

const elsewhere =
  (title: string, position: string) =>
  (api: FakeApi): void => {
    const todo = api.todo(title);
    Object.assign(todo, { position, version: todo.version + 1 });
  };

it.each([
  ["the first of the page to the end", elsewhere("1", "z")],
  ["the last of the page to the end", elsewhere("3", "z")],
  ["one from the middle behind the next page", elsewhere("2", "a999V")],
  ["one right behind the page's last", elsewhere("1", "a996V")],
  ["two of the page", (api: FakeApi) => ["1", "2"].map((title) => elsewhere(title, `z${title}`)(api))],
  ["all of the page", (api: FakeApi) => ["1", "2", "3"].map((title) => elsewhere(title, `z${title}`)(api))],
])("shows each todo once when another tab has moved %s", async (_, moveElsewhere) => {
  const api = sevenInPagesOfThree();
  const user = renderApp(api);
  moveElsewhere(api);
  await loadAll(api, user);
  expect(titles().toSorted()).toEqual(SEVEN);
  expect(titles()).toEqual(inOrder(api));
});

it.each(["1", "2", "3"])("shows %s once when it was moved down to the end of the page", async (title) => {
  const api = sevenInPagesOfThree();
  const user = renderApp(api);
  const writes = () => api.requests.filter((request) => request.startsWith("PATCH")).length;
  while (titles().includes(title) && titles().at(-1) !== title) {
    const before = writes();
    await move(user, title, "Move down");
    await waitFor(() => expect(writes()).toBe(before + 1));
  }
  await loadAll(api, user);
  expect(titles().toSorted()).toEqual(SEVEN);
  expect(titles()).toEqual(inOrder(api));
});

it.each([
  ["the top", "3", "Move to the top", ["3", "1", "2", "4"]],
  ["one up", "3", "Move up", ["1", "3", "2", "4"]],
  ["one down", "1", "Move down", ["2", "1", "3", "4"]],
  ["the end", "3", "Move down", ["1", "2", "4", "3"]],
  ["the top, as the last", "4", "Move to the top", ["4", "1", "2", "3"]],
  ["one down from the middle", "2", "Move down", ["1", "3", "2", "4"]],
])(
  "has the server's order when a move to %s made the keys of all short again",
  async (_, title, item, order) => {
    const api = new FakeApi("1", "2", "3", "4");
    api.shortens = true;
    const user = renderApp(api);
    await move(user, title, item);
    await waitFor(() => expect(api.requests).toContain("GET /api/todos?limit=50"));
    await waitFor(() => expect(titles()).toEqual(order));
    // Its keys are the server's now: the next move is shown where the server puts it, too.
    api.shortens = false;
    const first = order[0] ?? "";
    await move(user, first, "Move down");
    await waitFor(() => expect(inOrder(api)[1]).toBe(first));
    expect(titles()).toEqual(inOrder(api));
  },
);

it("has the server's order when the short key is the one that the todo above had", async () => {
  const api = new FakeApi("1", "2", "3");
  for (const [index, todo] of api.todos.entries()) todo.position = `Z${101 + index}`;
  api.shortens = true;
  const user = renderApp(api);
  await move(user, "3", "Move up");
  await waitFor(() => expect(api.requests).toContain("GET /api/todos?limit=50"));
  await waitFor(() => expect(titles()).toEqual(["1", "3", "2"]));
});
