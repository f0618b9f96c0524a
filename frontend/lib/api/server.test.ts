import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "./problem";
import { fetchVisitor } from "./server";

const jar = vi.hoisted(() => new Map<string, { value: string }>());
vi.mock("next/headers", () => ({ cookies: async () => jar }));

const page = { items: [], next_cursor: null, counts: { total: 0, pending: 0, completed: 0 } };
const ada = { email: "ada@example.org", guest: false, created_at: "2026-01-01T00:00:00Z" };
const nobody = { email: null, guest: true, created_at: null };

let server: Server;
let requests: IncomingMessage[];
let answer: (request: IncomingMessage) => { status: number; body: object };

beforeEach(async () => {
  requests = [];
  jar.clear();
  answer = () => ({ status: 200, body: { me: ada, todos: page } });
  server = createServer((request, response) => {
    requests.push(request);
    const { status, body } = answer(request);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("BACKEND_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const cookies = () => new Set(requests.map((request) => request.headers.cookie));

it("passes the visitor's session on, and no other cookie", async () => {
  jar.set("todo_session", { value: "abc" });
  jar.set("theme", { value: "dark" });
  await expect(fetchVisitor({})).resolves.toEqual({ me: ada, todos: page, sessionEnded: false });
  expect(cookies()).toEqual(new Set(["todo_session=abc"]));
  expect(requests.map((request) => request.headers.connection)).toEqual(["close"]);
});

it("asks a backend of an older release for both, one by one", async () => {
  answer = ({ url }) =>
    url?.startsWith("/api/visit")
      ? { status: 404, body: { title: "Not found" } }
      : { status: 200, body: url?.startsWith("/api/auth") ? ada : page };
  await expect(fetchVisitor({})).resolves.toEqual({ me: ada, todos: page, sessionEnded: false });
  expect(requests).toHaveLength(3);
});

it("sends no cookie for a visitor who has none, and the view as the query", async () => {
  await fetchVisitor({ status: "pending", q: "milk & bread" });
  expect(cookies()).toEqual(new Set([undefined]));
  const urls = requests.map((request) => new URL(request.url ?? "", "http://backend"));
  const list = urls.find((url) => url.pathname === "/api/visit");
  expect(Object.fromEntries(list?.searchParams ?? [])).toMatchObject({
    status: "pending",
    q: "milk & bread",
  });
});

it("shows an empty guest's page when the session has ended, and tells so", async () => {
  jar.set("todo_session", { value: "old" });
  answer = ({ headers }) =>
    headers.cookie
      ? { status: 401, body: { type: "/problems/session-ended" } }
      : { status: 200, body: { me: nobody, todos: page } };
  await expect(fetchVisitor({})).resolves.toEqual({ me: nobody, todos: page, sessionEnded: true });
});

it("throws the backend's problem", async () => {
  answer = () => ({ status: 503, body: { title: "The database does not answer" } });
  await expect(fetchVisitor({})).rejects.toSatisfy(
    (error) => error instanceof ApiError && error.status === 503 && /database/.test(error.message),
  );
});

it("throws with the cause when nothing answers", async () => {
  server.close();
  server.closeAllConnections();
  await expect(fetchVisitor({})).rejects.toMatchObject({
    status: null,
    cause: { cause: { code: "ECONNREFUSED" } },
  });
});
