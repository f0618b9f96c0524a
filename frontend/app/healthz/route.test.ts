import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it, vi } from "vitest";
import { GET } from "./route";

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Runs a backend on a free port and points BACKEND_URL at it. */
async function backend(listener: RequestListener): Promise<void> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("BACKEND_URL", `http://127.0.0.1:${(started.address() as AddressInfo).port}`);
}

it("is well when the backend tells its version", async () => {
  vi.stubEnv("APP_VERSION", "1.2.3");
  await backend((request, response) => {
    response.setHeader("content-type", "application/json");
    response.statusCode = request.url === "/api/version" ? 200 : 404;
    response.end('{"version":"1.2.2"}');
  });
  const answer = await GET();
  expect(answer.status).toBe(200);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(await answer.json()).toEqual({
    status: "ok",
    version: "1.2.3",
    backend: { status: "ok", host: "127.0.0.1", version: "1.2.2" },
  });
});

it("asks over a new connection each time, as the last one may have led elsewhere", async () => {
  const connections = new Set();
  await backend((request, response) => {
    connections.add(request.socket);
    if (connections.size === 1) response.writeHead(404, { "content-length": 0 }).end();
    else response.end('{"version":"1.2.2"}');
  });
  expect((await GET()).status).toBe(503);
  await new Promise((resolve) => setTimeout(resolve, 50)); // a probe comes long after the last one is through
  expect((await GET()).status).toBe(200);
  expect(connections.size).toBe(2);
});

it("names the host and the reason when the name does not resolve", async () => {
  vi.stubEnv("BACKEND_URL", "http://todo-app-backend.invalid:8000");
  const answer = await GET();
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({
    status: "error",
    backend: {
      status: "error",
      host: "todo-app-backend.invalid",
      reason: expect.stringMatching(/todo-app-backend\.invalid: its name could not be resolved/),
    },
  });
});

it("does not wait long for a backend that is silent", async () => {
  await backend(() => {});
  const before = Date.now();
  const answer = await GET();
  expect(answer.status).toBe(503);
  expect((await answer.json()).backend.reason).toMatch(/did not answer in time/);
  expect(Date.now() - before).toBeLessThan(4_000);
});

it("is not well when the backend answers with an error", async () => {
  await backend((_, response) => response.writeHead(500).end());
  const answer = await GET();
  expect(answer.status).toBe(503);
  expect((await answer.json()).backend.reason).toMatch(/answered 500/);
});

it("says that BACKEND_URL is missing", async () => {
  vi.stubEnv("BACKEND_URL", "");
  const answer = await GET();
  expect(answer.status).toBe(503);
  expect((await answer.json()).backend).toMatchObject({
    host: "",
    reason: expect.stringMatching(/BACKEND_URL is not set/),
  });
});
