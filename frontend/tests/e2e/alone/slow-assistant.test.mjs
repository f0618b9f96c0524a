import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, it } from "node:test";
import { Assistant } from "../assistant-panel.mjs";
import { eventually, open, ready } from "../browser.mjs";
import { control } from "../control.mjs";
import { visit } from "../visitor.mjs";

describe("an assistant that takes its time", () => {
  let provider;
  let visitor;
  let page;
  let assistant;

  before(async () => {
    // A language model that never comes to its end.
    provider = createServer((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "text/event-stream" });
      const say = (content) => {
        const choices = [{ index: 0, delta: { role: "assistant", content }, finish_reason: null }];
        const chunk = { id: "1", object: "chat.completion.chunk", created: 1, model: "slow", choices };
        response.write(`data: ${JSON.stringify(chunk)}\n\n`);
      };
      say("Once upon a time, ");
      say("there was a list.");
    });
    await new Promise((resolve) => provider.listen(0, "127.0.0.1", resolve));
    const base = `http://127.0.0.1:${provider.address().port}/v1`;
    await control.restartBackend({ OPENAI_API_KEY: "x", OPENAI_BASE_URL: base });
    visitor = await visit();
    page = await open(visitor.context);
    assistant = new Assistant(page);
  });

  after(async () => {
    provider?.closeAllConnections();
    provider?.close();
    await control.restartBackend();
  });

  async function begin() {
    const told = assistant.answers.getByText("there was a list.");
    const before = await told.count();
    await assistant.field.fill("Tell me a story");
    await assistant.field.press("Enter");
    await eventually(() => told.count(), before + 1);
  }

  it("shows what it says as it comes, and stops on request", async () => {
    await assistant.open();
    await begin();
    await assistant.stop.click();
    await assistant.answers.getByText("Stopped before its end.").waitFor();
    assert.equal(await page.getByText("Built-in").count(), 0);
  });

  it("has what it said until a reload, and takes another question", async () => {
    await begin();
    await page.reload();
    await ready(page);
    await eventually(() => assistant.answers.getByText("there was a list.").count(), 2);
    await eventually(() => assistant.answers.getByText("Stopped before its end.").count(), 2);
    await begin();
    await assistant.stop.click();
    await eventually(() => assistant.answers.getByText("Stopped before its end.").count(), 3);
    visitor.expect(/409/);
    await visitor.close();
  });
});
