import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "./problem";
import { fetchTodos } from "./server";

const jar = vi.hoisted(() => new Map<string, { value: string }>());
vi.mock("next/headers", () => ({ cookies: async () => jar }));

const page = { items: [], next_cursor: null, counts: { total: 0, pending: 0, completed: 0 } };
let server: Server;
let requests: IncomingMessage[];
let answer = { status: 200, body: page as object };

beforeEach(async () => {
  requests = [];
  jar.clear();
  answer = { status: 200, body: page };
  server = createServer((request, response) => {
    requests.push(request);
    response
      .writeHead(answer.status, { "content-type": "application/json" })
      .end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("BACKEND_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

it("passes the visitor's session on, and no other cookie", async () => {
  jar.set("todo_session", { value: "abc" });
  jar.set("theme", { value: "dark" });
  await expect(fetchTodos({ status: "all", q: "" })).resolves.toEqual(page);
  expect(requests[0]?.headers.cookie).toBe("todo_session=abc");
});

it("sends no cookie for a visitor who has none, and the view as the query", async () => {
  await fetchTodos({ status: "pending", q: "milk & bread" });
  expect(requests[0]?.headers.cookie).toBeUndefined();
  const url = new URL(requests[0]?.url ?? "", "http://backend");
  expect(url.pathname).toBe("/api/todos");
  expect(Object.fromEntries(url.searchParams)).toMatchObject({ status: "pending", q: "milk & bread" });
});

it("throws the backend's problem", async () => {
  answer = { status: 503, body: { title: "The database does not answer" } };
  await expect(fetchTodos({ status: "all", q: "" })).rejects.toSatisfy(
    (error) => error instanceof ApiError && error.status === 503 && /database/.test(error.message),
  );
});

it("throws with the cause when nothing answers", async () => {
  server.close();
  server.closeAllConnections();
  await expect(fetchTodos({ status: "all", q: "" })).rejects.toMatchObject({
    status: null,
    cause: { cause: { code: "ECONNREFUSED" } },
  });
});
