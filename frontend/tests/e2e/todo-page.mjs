import { eventually } from "./browser.mjs";

/** The page as a user speaks of it. */
export class TodoPage {
  constructor(page) {
    this.page = page;
    this.field = page.getByRole("textbox", { name: "New todo" });
    this.searchField = page.getByRole("searchbox", { name: "Search todos" });
    this.heading = page.getByRole("heading", { level: 1 });
  }

  checkbox(title) {
    return this.page.getByRole("checkbox", { name: title, exact: true });
  }

  text(title) {
    return this.page.getByRole("button", { name: `Edit ${title}`, exact: true });
  }

  deleteButton(title) {
    return this.page.getByRole("button", { name: `Delete ${title}`, exact: true });
  }

  filter(name) {
    return this.page.getByRole("navigation", { name: "Filter" }).getByRole("link", { name });
  }

  /** Adds a todo and waits until the server has it. */
  async add(title) {
    await this.field.fill(title);
    await this.field.press("Enter");
    await this.page.locator("button:enabled").and(this.text(title)).waitFor();
  }

  /** Pastes a text into the field for new todos. */
  paste(text) {
    return this.field.evaluate((field, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", pasted);
      field.focus();
      field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  }

  /** Does something and waits for the server's answer to the write that it causes. */
  async written(action) {
    const answer = this.page.waitForResponse(
      (response) => /\/api\/todos(?!\/read)/.test(response.url()) && response.request().method() !== "GET",
    );
    await action();
    return (await answer).status();
  }

  /** Waits until exactly these titles are shown, in this order; ticked ones start with "✓ ". */
  async shows(...titles) {
    await eventually(
      () =>
        this.page
          .getByRole("checkbox")
          .evaluateAll((boxes) =>
            boxes.map((box) => (box.checked ? "✓ " : "") + box.getAttribute("aria-label")),
          ),
      titles,
    );
  }

  /** Waits until the address is this path and query. */
  async isAt(path) {
    await eventually(() => {
      const url = new URL(this.page.url());
      return url.pathname + url.search;
    }, path);
  }

  /** The name of what has the focus, and its visible ring's width in pixels. */
  focused() {
    return this.page.evaluate(() => {
      const element = document.activeElement;
      return (
        element?.getAttribute("aria-label") ??
        element?.labels?.[0]?.textContent ??
        element?.textContent?.trim()
      );
    });
  }
}
