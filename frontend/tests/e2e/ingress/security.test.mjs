import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { Assistant } from "../assistant-panel.mjs";
import { baseUrl, eventually, open, ready, TIMEOUT_MS } from "../browser.mjs";
import { TodoPage } from "../todo-page.mjs";
import { visit } from "../visitor.mjs";

describe("a page's scripts", () => {
  let reader;
  before(async () => {
    reader = await visit({ javaScriptEnabled: false });
    reader.expect(/404/);
  });

  for (const path of ["/", "/?status=pending&q=a", "/nowhere", "/a/b/c.html"]) {
    it(`carry the nonce of their answer, on ${path}`, async () => {
      const page = await reader.context.newPage();
      const nonces = [];
      for (const _ of [1, 2]) {
        const answer = await page.goto(path);
        const policy = answer.headers()["content-security-policy"];
        const [, nonce] = /script-src [^;]*'nonce-([^']+)'/.exec(policy) ?? [];
        assert.ok(nonce, policy);
        assert.match(policy, /script-src 'self' 'nonce-[^']+' 'strict-dynamic'/);
        assert.doesNotMatch(policy, /script-src[^;]*unsafe-inline|upgrade-insecure-requests/);
        assert.equal(answer.headers()["x-content-type-options"], "nosniff");
        const html = await answer.text();
        const scripts = html.match(/<script\b[^>]*>/g) ?? [];
        assert.ok(scripts.length > 0);
        assert.deepEqual(
          scripts.filter((tag) => !tag.includes(`nonce="${nonce}"`)),
          [],
        );
        assert.doesNotMatch(html.replace(/<script\b[\s\S]*?<\/script>/g, ""), /<[^>]+\son[a-z]+=/i);
        nonces.push(nonce);
      }
      assert.notEqual(nonces[0], nonces[1]);
      await page.close();
    });
  }

  it("caused no console error without JavaScript", () => reader.close());

  it("do not run without the nonce", async () => {
    const { context, close, expect } = await visit();
    expect(/Content Security Policy/);
    const page = await open(context);
    const outcome = await page.evaluate(
      (timeout) =>
        new Promise((resolve) => {
          document.addEventListener("securitypolicyviolation", (event) => resolve(event.violatedDirective));
          const place = document.createElement("div");
          place.innerHTML = "<button onclick='window.hit = true'>";
          document.body.append(place);
          place.firstChild.click();
          setTimeout(() => resolve("nothing was refused"), timeout);
        }),
      TIMEOUT_MS,
    );
    assert.equal(outcome, "script-src-attr");
    assert.equal(await page.evaluate(() => "hit" in window), false);
    await close();
  });
});

/** What would run if any of it were taken for markup, a script or an address. */
const PAYLOADS = [
  "<img src=x onerror=window.hit=1>",
  "</script><script>window.hit=1</script>",
  "\"><svg onload='window.hit=1'>",
  "javascript:window.hit=1",
  "{{constructor.constructor('window.hit=1')()}}",
];

async function nothingRan(page) {
  assert.equal(await page.evaluate(() => "hit" in window), false);
  assert.equal(await page.locator("img, [onerror], [onload], [href^='javascript']").count(), 0);
}

it("what visitors write stays text, wherever it is shown", async () => {
  const { context, close } = await visit();
  const page = await open(context);
  const todos = new TodoPage(page);
  for (const payload of PAYLOADS) await todos.add(payload);
  await todos.shows(...PAYLOADS.toReversed());

  await todos.text(PAYLOADS[0]).click();
  await page.getByRole("textbox", { name: "Note" }).fill(PAYLOADS.join("\n"));
  await todos.written(() => page.keyboard.press("Enter"));
  await page.reload();
  await todos.shows(...PAYLOADS.toReversed());
  for (const payload of PAYLOADS) assert.ok((await page.getByText(payload).count()) > 1, payload);

  for (const payload of PAYLOADS) {
    await page.goto(`/?q=${encodeURIComponent(`${payload} nowhere`)}`);
    await page.getByRole("heading", { name: `${payload} nowhere` }).waitFor();
    await nothingRan(page);
  }
  await page.goto("/");
  await ready(page);
  for (const payload of PAYLOADS) {
    await todos.field.fill(`${payload} "${payload}" tomorrow #a`);
    await page.getByRole("button", { name: /^Tomorrow/ }).waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Find a command" }).fill(payload);
    await page.getByText("No command is called that.").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  }
  await nothingRan(page);

  await page.goto("/login");
  for (const payload of PAYLOADS) {
    await page.getByLabel("E-mail").fill(payload);
    await page.getByLabel("Password", { exact: true }).fill(payload.padEnd(8));
    await page.keyboard.press("Enter");
    await page.getByRole("alert").first().waitFor();
  }
  await nothingRan(page);
  await close();
});

it("what visitors write as a tag or say to the assistant stays text", async () => {
  const { context, close } = await visit();
  const page = await open(context);
  const todos = new TodoPage(page);
  await todos.add("Buy milk");
  await todos.text("Buy milk").click();
  const tags = page.getByRole("form", { name: "Edit Buy milk" }).getByLabel("Tags");
  for (const payload of PAYLOADS) {
    await tags.fill(payload.replaceAll(" ", "/"));
    await tags.press("Enter");
    await page.getByText(`“${payload.replaceAll(" ", "/").toLowerCase()}” is no tag`).waitFor();
  }
  await page.keyboard.press("Escape");
  await nothingRan(page);

  const assistant = new Assistant(page);
  await assistant.open();
  for (const payload of PAYLOADS) await assistant.say(`add ${payload}`);
  await assistant.say("list everything");
  for (const payload of PAYLOADS)
    assert.ok((await assistant.answers.getByText(payload).count()) > 0, payload);
  // In each question, in what was done, and in what was found.
  assert.ok((await assistant.answers.getByText("window.hit=1").count()) >= 3 * PAYLOADS.length);
  await nothingRan(page);
  await page.goto(`/?tag=${encodeURIComponent(PAYLOADS[0])}`);
  await ready(page);
  await nothingRan(page);
  await close();
});

/** What only the deployment may know: its inner names, its settings, its keys. */
const INTERNAL =
  /\b(?:svc\.cluster\.local|todo-app-backend|DATABASE_URL|BACKEND_URL|OPENAI_API_KEY|argon2id?\$|postgres(?:ql)?:\/\/|sk-[A-Za-z0-9]{16})/;

it("nothing that the browser is sent tells an inner address, a setting or a key", async () => {
  const { context, close } = await visit();
  const bodies = [];
  context.on("response", (answer) =>
    bodies.push(
      answer
        .text()
        .catch(() => "")
        .then((text) => [answer, text]),
    ),
  );
  const page = await open(context);
  const todos = new TodoPage(page);
  await todos.add("Look at everything");
  for (const [button, opened] of [
    ["Commands", page.getByRole("dialog")],
    ["Menu", page.getByRole("menu")],
    ["Edit Look at everything", page.getByRole("textbox", { name: "Title" })],
  ]) {
    await page.getByRole("button", { name: button, exact: true }).click();
    await opened.waitFor();
    await page.keyboard.press("Escape");
    await opened.waitFor({ state: "detached" });
  }
  await page.reload();
  await todos.shows("Look at everything");
  const seen = await Promise.all(bodies);
  assert.ok(seen.length > 10);
  for (const [answer, text] of seen) {
    const found = INTERNAL.exec(text);
    assert.equal(found, null, `${answer.url()} says ${found?.[0]}`);
    for (const header of ["x-powered-by", "server"]) {
      assert.doesNotMatch(answer.headers()[header] ?? "", /next|uvicorn|express/i, answer.url());
    }
  }
  const cookies = await context.cookies(baseUrl);
  const session = cookies.find(({ name }) => name === "todo_session");
  assert.equal(session.httpOnly, true);
  assert.equal(session.sameSite, "Lax");
  await eventually(() => page.evaluate(() => document.cookie.includes("todo_session")), false);
  await close();
});
