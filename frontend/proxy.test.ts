import { NextRequest } from "next/server";
import { expect, it, vi } from "vitest";
import { proxy } from "./proxy";

const ask = () => proxy(new NextRequest("http://todo.local/")).headers;

it("gives each answer its own script nonce, the same for the page that is rendered", () => {
  const first = ask();
  const policy = first.get("content-security-policy");
  expect(policy).toMatch(/script-src 'self' 'nonce-[0-9a-f]{32}' 'strict-dynamic';/);
  expect(first.get("x-middleware-request-content-security-policy")).toBe(policy);
  expect(ask().get("content-security-policy")).not.toBe(policy);
});

it("allows no other host, no inline script and no framing, and does not force TLS", () => {
  const policy = ask().get("content-security-policy") ?? "";
  expect(policy).not.toMatch(/https?:|\*|upgrade-insecure-requests|unsafe-eval/);
  expect(policy).not.toMatch(/script-src[^;]*unsafe-inline/);
  expect(policy).toMatch(/frame-ancestors 'none'/);
});

it("allows eval for development only", () => {
  vi.stubEnv("NODE_ENV", "development");
  expect(ask().get("content-security-policy")).toMatch(/unsafe-eval/);
});
