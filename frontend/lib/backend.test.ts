import { describe, expect, it } from "vitest";
import { appVersion, backendUrl, describeFetchFailure } from "./backend";

describe("backendUrl", () => {
  it.each([
    ["http://todo-app-backend:8000", "http://todo-app-backend:8000"],
    [" https://api.example/ ", "https://api.example"],
    ["http://10.0.0.7:8000/base/", "http://10.0.0.7:8000/base"],
  ])("takes %j", (value, expected) => {
    expect(backendUrl({ BACKEND_URL: value })).toBe(expected);
  });

  it.each([undefined, "", "  "])("says how to set it when it is %j", (value) => {
    expect(() => backendUrl({ BACKEND_URL: value })).toThrow(/BACKEND_URL is not set: set it to .*http:/);
  });

  it.each(["todo-app-backend:8000", "ftp://backend", "http://", "localhost"])("refuses %j", (value) => {
    expect(() => backendUrl({ BACKEND_URL: value })).toThrow(`BACKEND_URL is "${value}"`);
  });
});

describe("appVersion", () => {
  it("is dev unless a release is named", () => {
    expect(appVersion({})).toBe("dev");
    expect(appVersion({ APP_VERSION: "1.4.0" })).toBe("1.4.0");
  });
});

describe("describeFetchFailure", () => {
  const failed = (code: string) =>
    new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });

  it.each([
    [failed("ENOTFOUND"), "its name could not be resolved (ENOTFOUND)"],
    [failed("ECONNREFUSED"), "nothing accepts connections there (ECONNREFUSED)"],
    [failed("ECONNRESET"), "it closed the connection (ECONNRESET)"],
    [failed("EHOSTUNREACH"), "the request failed (EHOSTUNREACH)"],
    [new DOMException("late", "TimeoutError"), "it did not answer in time"],
    [new Error("GET /api/version answered 500"), "Error: GET /api/version answered 500"],
  ])("explains %s", (error, expected) => {
    expect(describeFetchFailure(error)).toBe(expected);
  });
});
