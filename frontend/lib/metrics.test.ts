// @vitest-environment node
import http, { type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it, vi } from "vitest";
import { serveMetrics } from "./metrics";

const open: Server[] = [];

afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function base(server: Server): Promise<string> {
  open.push(server);
  if (!server.listening) await new Promise((resolve) => server.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it("counts the requests of the app's server by what they are for, and its own not", async () => {
  const app = await base(
    http
      .createServer((request, response) => {
        response.statusCode = request.url === "/busy" ? 503 : 200;
        response.end();
      })
      .listen(0, "127.0.0.1"),
  );
  const metrics = await base(serveMetrics("127.0.0.1", 0));
  for (const path of [
    "/",
    "/login?to=/",
    "/busy",
    "/livez",
    "/healthz",
    "/_next/static/a.js",
    "/favicon.ico",
  ])
    await fetch(app + path);
  await fetch(app, { method: "POST" });
  await fetch(metrics);

  const answer = await fetch(metrics);
  expect(answer.headers.get("Content-Type")).toMatch(/^text\/plain; version=0\.0\.4/);
  const text = await answer.text();
  const counted = [...text.matchAll(/^http_request_duration_seconds_count\{(.*)\} (\d+)$/gm)].map(
    ([, labels, count]) => `${labels?.replaceAll('"', "")} ${count}`,
  );
  expect(counted.sort()).toEqual([
    "method=GET,kind=file,status=200 2",
    "method=GET,kind=page,status=200 2",
    "method=GET,kind=page,status=503 1",
    "method=GET,kind=probe,status=200 2",
    "method=POST,kind=page,status=200 1",
  ]);
  for (const name of ["nodejs_eventloop_lag_p99_seconds", "process_resident_memory_bytes"])
    expect(text).toMatch(new RegExp(`^${name} \\d`, "m"));
});

it("says that a port is taken, and lets the app go on", async () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  const taken = http.createServer().listen(0, "127.0.0.1");
  const port = Number(new URL(await base(taken)).port);
  const failed = serveMetrics("127.0.0.1", port);
  await new Promise((resolve) => failed.once("error", resolve));
  await vi.waitFor(() => expect(said).toHaveBeenCalledOnce());
  expect(said.mock.calls[0]?.[0]).toMatch(/METRICS_PORT.*EADDRINUSE/);
});
