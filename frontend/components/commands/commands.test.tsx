import { screen, waitFor, within } from "@testing-library/react";
import { beforeAll, describe, expect, it } from "vitest";
import { FakeApi } from "@/tests/support/fake-api";
import { address, renderApp } from "@/tests/support/render-app";

// Loaded ahead, so that no expectation waits for it on a busy machine.
beforeAll(() => Promise.all([import("./palette"), import("./help-dialog")]));

const field = () => screen.getByRole("textbox", { name: "New todo" });
const palette = () => screen.findByRole("dialog", { name: "Commands" });
const gone = () => waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
const highlighted = () =>
  screen.getAllByRole("option").filter((option) => option.hasAttribute("data-highlighted"));

describe("the palette", () => {
  it("opens by its key even from a field, runs what Enter chooses, and goes", async () => {
    const user = renderApp(new FakeApi("Milk"));
    await user.click(field());
    await user.keyboard("{Control>}k{/Control}");
    await palette();
    await waitFor(() => expect(screen.getByRole("combobox", { name: "Find a command" })).toHaveFocus());
    await user.keyboard("comple");
    await waitFor(() => expect(highlighted()).toHaveLength(1));
    expect(highlighted()[0]).toHaveTextContent("Show completed todos");
    await user.keyboard("{Enter}");
    await gone();
    expect(address()).toBe("/?status=completed");
  });

  it("leaves the focus where its command puts it", async () => {
    const user = renderApp(new FakeApi("Milk"));
    await user.click(screen.getByRole("button", { name: "Commands" }));
    await user.click(within(await palette()).getByRole("option", { name: /Search/ }));
    await gone();
    await waitFor(() => expect(screen.getByRole("searchbox")).toHaveFocus());
  });

  it("gives the focus back when it is left with Escape or its own key", async () => {
    const user = renderApp(new FakeApi("Milk"));
    const button = screen.getByRole("button", { name: "Commands" });
    for (const leave of ["{Escape}", "{Control>}k{/Control}"]) {
      await user.click(button);
      await palette();
      await user.keyboard(leave);
      await gone();
      expect(button).toHaveFocus();
    }
  });

  it("says when there is no such command", async () => {
    const user = renderApp(new FakeApi("Milk"));
    await user.keyboard("{Control>}k{/Control}");
    await palette();
    await user.keyboard("zzz");
    expect(await screen.findByText("No command is called that.")).toBeVisible();
  });
});

describe("single keys", () => {
  it("work on the page, and are text in a field", async () => {
    const user = renderApp(new FakeApi("Milk"));
    await user.keyboard("n");
    expect(field()).toHaveFocus();
    await user.keyboard("n?/");
    expect(field()).toHaveValue("n?/");
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });

  it("are named in the help and can be turned off there", async () => {
    const user = renderApp(new FakeApi("Milk"));
    await user.keyboard("?");
    const help = await screen.findByRole("dialog", { name: "Keys and quick add" });
    expect(within(help).getByText("Add a todo").parentElement).toHaveTextContent("n");
    await user.click(within(help).getByRole("checkbox"));
    await user.keyboard("{Escape}");
    await gone();
    await user.keyboard("n");
    expect(field()).not.toHaveFocus();
    await user.keyboard("{Control>}k{/Control}");
    await palette();
  });

  it("do nothing behind an open dialog", async () => {
    const user = renderApp(new FakeApi("Milk"));
    await user.keyboard("?");
    const help = await screen.findByRole("dialog");
    within(help).getByRole("checkbox").focus();
    await user.keyboard("/");
    expect(within(help).getByRole("checkbox")).toHaveFocus();
  });
});
