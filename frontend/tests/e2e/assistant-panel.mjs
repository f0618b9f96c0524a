import { eventually } from "./browser.mjs";

/** The assistant's panel as a user speaks of it. */
export class Assistant {
  constructor(page) {
    this.page = page;
    this.field = page.getByLabel("Message to the assistant");
    this.stop = page.getByRole("button", { name: "Stop the answer" });
    this.answers = page.getByRole("region", { name: "Conversation" });
  }

  async open() {
    await this.page.getByRole("button", { name: "Assistant", exact: true }).click();
    await eventually(() => this.field.evaluate((field) => field === document.activeElement), true);
    await this.answers.locator("ol, ul").first().waitFor();
  }

  /** Says something and waits for the whole answer. */
  async say(text) {
    const before = await this.answers.getByText("Assistant:").count();
    await this.field.fill(text);
    await this.field.press("Enter");
    await eventually(() => this.answers.getByText("Assistant:").count(), before + 1);
    await this.page.getByRole("button", { name: "Send" }).waitFor();
  }
}
