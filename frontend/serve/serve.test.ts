// @vitest-environment node
import http, { type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { bounded } from "./overload.mjs";
import { answerProbes } from "./probes.mjs";
import { firstPage } from "./warm.mjs";

const open: { close: () => unknown }[] = [];

afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that makes at most two pages at once, and each of them until it is told to answer; some wait for their turn. */
async function holding(waiting = 0) {
  const come: ServerResponse[] = [];
  const making: ServerResponse[] = [];
  let changed: () => void = () => {};
  const answer = bounded(
    (request, response) => {
      if (request.url?.startsWith("/made")) {
        making.push(response);
        changed();
      } else response.end("at once");
    },
    { making: 2, waiting },
  );
  const server = http.createServer((request, response) => {
    answer(request, response);
    come.push(response);
    changed();
  });
  /** Waits until so many have come, or so many are being made or were. */
  const reached = async (count: number, of = making) => {
    while (of.length < count) await new Promise<void>((resolve) => (changed = resolve));
  };
  return { base: await listening(server), come, making, reached };
}

it("refuses a page beyond the limit at once, with a page that says so and when to come back", async () => {
  const { base, making, reached } = await holding();
  const pages = [fetch(`${base}/made/1`), fetch(`${base}/made/2?_rsc=1`)];
  await reached(2);
  const refused = await fetch(`${base}/made/3`);
  expect(refused.status).toBe(503);
  expect(refused.headers.get("Retry-After")).toMatch(/^[1-9]\d*$/);
  expect(refused.headers.get("Cache-Control")).toBe("no-store");
  expect(refused.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
  expect(await refused.text()).toContain("The server is busy");
  expect(making).toHaveLength(2);
  for (const response of making) response.end("made");
  for (const page of pages) expect(await (await page).text()).toBe("made");
});

it("serves files and probes while the limit is reached", async () => {
  const { base, making, reached } = await holding();
  const pages = Promise.allSettled([fetch(`${base}/made/1`), fetch(`${base}/made/2`)]);
  await reached(2);
  for (const path of [
    "/_next/static/a.js",
    "/icon.svg",
    "/favicon.ico",
    "/livez",
    "/healthz",
    "/healthz?a=b",
  ])
    expect((await fetch(base + path)).status, path).toBe(200);
  for (const path of ["/", "/login", "/livezz", "/icon.svg/x", "//livez"])
    expect((await fetch(base + path)).status, path).toBe(503);
  for (const response of making) response.end();
  await pages;
});

it.each([
  ["is sent", (response: ServerResponse) => void response.end("made")],
  ["is given up by its visitor", (response: ServerResponse) => void response.destroy()],
])("makes the next page when one %s", async (_, end) => {
  const { base, making, reached } = await holding();
  const pages = Promise.allSettled([fetch(`${base}/made/1`), fetch(`${base}/made/2`)]);
  await reached(2);
  for (const response of making) {
    const closed = new Promise((resolve) => response.once("close", resolve));
    end(response);
    await closed;
  }
  await pages;
  expect((await fetch(`${base}/`)).status).toBe(200);
});

it("has pages wait for their turn, in order, and refuses what comes while the most wait", async () => {
  const { base, come, making, reached } = await holding(2);
  const pages: Promise<Response>[] = [];
  for (const page of [1, 2, 3, 4]) {
    pages.push(fetch(`${base}/made/${page}`));
    await reached(page, come);
  }
  expect((await fetch(base)).status).toBe(503);
  for (const page of [1, 2, 3, 4]) {
    await reached(page);
    making[page - 1]?.end(`made ${page}`);
    expect(await (await pages[page - 1])?.text()).toBe(`made ${page}`);
  }
  expect((await fetch(base)).status).toBe(200);
});

it("keeps no place for a page that is given up before its turn", async () => {
  const { base, come, making, reached } = await holding(1);
  const pages = [fetch(`${base}/made/1`), fetch(`${base}/made/2`)];
  await reached(2);
  const visitor = new AbortController();
  const left = fetch(`${base}/made/3`, { signal: visitor.signal }).catch(() => {});
  await reached(3, come);
  const closed = new Promise((resolve) => come[2]?.once("close", resolve));
  visitor.abort();
  await Promise.all([left, closed]);
  pages.push(fetch(`${base}/made/4`));
  await reached(4, come);
  making[0]?.end("made");
  await reached(3);
  for (const response of making) response.end("made");
  for (const page of pages) expect(await (await page).text()).toBe("made");
});

/** Asks the probes' port until it has an answer that is looked for. */
async function probe(port: number, wanted: number, path = "/"): Promise<string> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
    const text = await answer?.text();
    if (answer?.status === wanted) return text ?? "";
  }
}

/** No server listens there. */
const NOWHERE: AddressInfo = { address: "127.0.0.1", port: 1, family: "IPv4" };

async function freePort(): Promise<number> {
  const server = http.createServer();
  const { port } = new URL(await listening(server));
  server.close();
  return Number(port);
}

it("answers probes from another thread, which sees that this one stands still, and that it goes on", async () => {
  const port = await freePort();
  const worker = answerProbes("127.0.0.1", port, NOWHERE, { still: 1000 });
  open.push({ close: () => worker.terminate() });
  expect(await probe(port, 200)).toBe("ok\n");

  // Asked by yet another thread, as this one is going to do nothing at all.
  const seen = new Int32Array(new SharedArrayBuffer(4));
  const { Worker } = await import("node:worker_threads");
  const asking = new Worker(
    `const { workerData: { port, seen } } = require("node:worker_threads");
     (async () => {
       for (;;) {
         const answer = await fetch("http://127.0.0.1:" + port);
         await answer.text();
         if (answer.status === 503) break;
       }
       Atomics.store(seen, 0, 503);
       Atomics.notify(seen, 0);
     })();`,
    { eval: true, workerData: { port, seen } },
  );
  open.push({ close: () => asking.terminate() });
  Atomics.wait(seen, 0, 0);
  expect(seen[0]).toBe(503);
  expect(await probe(port, 200)).toBe("ok\n");
});

it("is ready while its server answers, and says what else it does; it is alive all the while", async () => {
  let answer = (response: ServerResponse) => void response.writeHead(200).end("ok");
  const paths = new Set<string | undefined>();
  const server = http.createServer((request, response) => {
    paths.add(request.url);
    answer(response);
  });
  await listening(server);
  const port = await freePort();
  const worker = answerProbes("127.0.0.1", port, server.address() as AddressInfo, { patience: 200 });
  open.push({ close: () => worker.terminate() });

  expect(await probe(port, 200, "/ready")).toBe("ok\n");
  answer = (response) => void response.writeHead(500).end();
  expect(await probe(port, 503, "/ready")).toBe("the server answers 500\n");
  answer = () => {};
  expect(await probe(port, 503, "/ready")).toBe("no answer within 200 ms\n");
  answer = (response) => void response.destroy();
  expect(await probe(port, 503, "/ready")).toMatch(/^no answer: socket hang up\n$/);
  expect(await probe(port, 200)).toBe("ok\n");
  expect([...paths]).toEqual(["/livez"]);
});

it("asks its server on one connection, as a busy one takes new ones late", async () => {
  const connections = new Set();
  const server = http.createServer({ keepAliveTimeout: 0 }, (request, response) => {
    connections.add(request.socket);
    response.end();
  });
  await listening(server);
  const port = await freePort();
  const worker = answerProbes("127.0.0.1", port, server.address() as AddressInfo, { patience: 600_000 });
  open.push({ close: () => worker.terminate() });
  await Promise.all([1, 2, 3].map(() => probe(port, 200, "/ready")));
  expect(connections.size).toBe(1);
});

it("asks a server that listens at every address, of IPv6 too", async () => {
  const server = http.createServer((_, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, resolve));
  open.push({ close: () => server.close() });
  const port = await freePort();
  const worker = answerProbes(undefined, port, server.address() as AddressInfo);
  open.push({ close: () => worker.terminate() });
  expect(await probe(port, 200, "/ready")).toBe("ok\n");
});

it("waits for the first page, whatever comes of it", async () => {
  const asked: (string | undefined)[] = [];
  let answer = (response: ServerResponse) => void response.end("a page");
  const server = http.createServer((request, response) => {
    asked.push(request.url);
    answer(response);
  });
  await listening(server);
  const serving = server.address() as AddressInfo;
  await firstPage(serving);
  answer = (response) => void response.writeHead(500).end();
  await firstPage(serving);
  answer = (response) => void response.destroy();
  await firstPage(serving);
  expect(asked).toEqual(["/", "/", "/"]);
  answer = () => {};
  await firstPage(serving, 10);
  await firstPage(NOWHERE);
});
