import { before, describe, it } from "node:test";
import { Assistant } from "./assistant-panel.mjs";
import { open, ready } from "./browser.mjs";
import { exportFile } from "./export-file.mjs";
import { fits, looksRight } from "./looks.mjs";
import { TodoPage } from "./todo-page.mjs";
import { visit } from "./visitor.mjs";

const LONG =
  "Return the library books: the long one about lighthouses, and Donaudampfschifffahrtsgesellschaftskapitän";

for (const [width, check] of [
  [360, looksRight],
  [768, fits], // what axe-core finds here it finds at one of the others
  [1440, looksRight],
]) {
  describe(`a page of ${width} pixels`, () => {
    let visitor;
    let todos;
    before(async () => {
      visitor = await visit({
        viewport: { width, height: width === 360 ? 780 : 900 },
        hasTouch: width === 360,
      });
      todos = new TodoPage(await open(visitor.context));
    });

    const looks = (name) => check(todos.page, `${name}-${width}`);

    it("looks right when empty", () => looks("empty"));

    it("looks right with todos", async () => {
      for (const title of [LONG, "Call grandma", "Water the plants on the balcony", "Renew the passport"]) {
        await todos.add(title);
      }
      await todos.written(() => todos.checkbox("Call grandma").click());
      await looks("todos");
    });

    it("looks right while several are selected", async () => {
      await todos.page.evaluate(() => document.activeElement?.blur());
      await todos.page.keyboard.press("j");
      await todos.page.keyboard.press("x");
      const bar = todos.page.getByRole("region", { name: "Selected todos" });
      await bar.getByText("1 selected").waitFor();
      await looks("bulk");
      await bar.getByRole("button", { name: "End selecting" }).click();
      await bar.waitFor({ state: "detached" });
    });

    it("looks right while editing", async () => {
      await todos.text("Renew the passport").click();
      await todos.page.getByRole("textbox", { name: "Note" }).fill("Bring two photos and the old one.");
      await looks("editing");
      const editor = todos.page.getByRole("form", { name: "Edit Renew the passport" });
      await editor.getByLabel("Due date").fill("2020-02-29");
      await editor.getByLabel("Time", { exact: true }).fill("09:30");
      await editor.getByRole("combobox", { name: "Repeat" }).selectOption("monthly");
      await editor.getByRole("combobox", { name: "Priority" }).selectOption("high");
      await editor.getByLabel("Tags").fill("travel, papers");
      await todos.written(() => editor.getByRole("button", { name: "Save" }).click());
      await todos.page.getByText("29 Feb 2020 9:30").waitFor();
      await looks("overdue");
    });

    it("looks right when nothing is found", async () => {
      await todos.searchField.fill("x".repeat(100));
      await todos.page.getByRole("heading", { name: /Nothing found/ }).waitFor();
      await looks("nothing-found");
    });

    it("looks right while quick add understands", async () => {
      await todos.page.goto("/");
      await ready(todos.page);
      await todos.field.fill("Call the dentist friday 14:30 #health #teeth !high every month");
      await todos.page.getByRole("button", { name: /^Every month/ }).waitFor();
      await looks("quick-add");
      await todos.field.fill("");
    });

    it("looks right while it asks what pasted lines are", async () => {
      await todos.paste("Buy milk tomorrow\nCall the dentist friday 14:30\nWater the plants every week");
      await todos.page.getByText("3 lines were pasted.").waitFor();
      await looks("pasted");
      await todos.field.fill("");
    });

    it("looks right with the examples of quick add", async () => {
      await todos.page.evaluate(() => document.activeElement?.blur());
      await todos.page.keyboard.press("?");
      const help = todos.page.getByRole("dialog", { name: "Keys and quick add" });
      await help.getByText("Morning or afternoon").click();
      await help.getByText("dinner tonight at 6").scrollIntoViewIfNeeded();
      await looks("examples");
      await todos.page.keyboard.press("Escape");
      await help.waitFor({ state: "detached" });
    });

    it("looks right with a problem in the new todo", async () => {
      visitor.expect(/422/);
      await todos.field.fill("x".repeat(201));
      await todos.field.press("Enter");
      await todos.page.getByText(/a title of 1 to 200 characters/).waitFor();
      await looks("problem");
      await todos.field.fill("");
    });

    for (const [name, open, title] of [
      ["palette", (page) => page.keyboard.press("Control+k"), "Commands"],
      ["help", (page) => page.keyboard.press("?"), "Keys and quick add"],
      ["menu", (page) => page.getByRole("button", { name: "Menu" }).click(), null],
    ]) {
      it(`looks right with the ${name} open`, async () => {
        await todos.page.evaluate(() => document.activeElement?.blur());
        await open(todos.page);
        const opened = title ? todos.page.getByRole("dialog", { name: title }) : todos.page.getByRole("menu");
        await opened.waitFor();
        await looks(name);
        await todos.page.keyboard.press("Escape");
        await opened.waitFor({ state: "detached" });
      });
    }

    it("looks right with the dialog to log in, and its problems", async () => {
      await todos.page.keyboard.press("Control+k");
      await todos.page.getByRole("option", { name: "Log in" }).click();
      const dialog = todos.page.getByRole("dialog", { name: /log in|welcome/i });
      await dialog.getByLabel("E-mail").fill("nobody");
      await dialog.getByRole("button", { name: "Log in", exact: true }).click();
      await dialog.getByRole("alert").first().waitFor();
      await looks("login-dialog");
      await todos.page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
    });

    it("looks right with the dialog to import, and what it says", async () => {
      await todos.page.keyboard.press("Control+k");
      await todos.page.getByRole("option", { name: "Import todos" }).click();
      const dialog = todos.page.getByRole("dialog", { name: "Import todos" });
      const field = dialog.getByLabel("Choose a file");
      await field.setInputFiles(exportFile([], { name: `${"holiday-".repeat(12)}.json`, version: 3 }));
      await dialog.getByText(/a newer version/).waitFor();
      await looks("import-problem");
      await field.setInputFiles(exportFile(["Pack"]));
      await dialog.getByText("one new todo.").waitFor();
      await looks("import");
      await todos.page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
    });

    it("looks right with the assistant open, before and after its first answers", async () => {
      const assistant = new Assistant(todos.page);
      await assistant.open();
      await todos.page.getByText("What can I do for you?").waitFor();
      await looks("assistant-empty");
      await assistant.say("add book the train to Donaudampfschifffahrtsgesellschaft tomorrow at 9am");
      await assistant.say("list everything");
      await looks("assistant");
      await assistant.field.press("Escape");
      await assistant.field.waitFor({ state: "detached" });
    });

    for (const [name, path] of [
      ["login", "/login"],
      ["register", "/login?mode=register"],
      ["not-found", "/nowhere"],
    ]) {
      it(`looks right at ${path}`, async () => {
        if (name === "not-found") visitor.expect(/404/);
        await todos.page.goto(path);
        await todos.page.getByRole("heading", { level: 1 }).waitFor();
        await looks(name);
      });
    }

    it("caused no console error and asked no other host", () => visitor.close());
  });
}
