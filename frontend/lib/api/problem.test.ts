import { expect, it } from "vitest";
import { ApiError, explain, fieldErrors, unwrap } from "./problem";

const answer = (status: number, error: unknown) =>
  Promise.resolve({ error, response: new Response(null, { status }) });

it("gives the data of a success", async () => {
  await expect(unwrap(Promise.resolve({ data: { id: "1" }, response: new Response() }))).resolves.toEqual({
    id: "1",
  });
});

it("keeps the status and the problem of a failure", async () => {
  await expect(unwrap(answer(409, { title: "Stale", detail: "It was changed." }))).rejects.toMatchObject({
    status: 409,
    message: "It was changed.",
    problem: { title: "Stale" },
  });
});

it("lets an abort through, because it is no failure", async () => {
  const abort = new DOMException("gone", "AbortError");
  await expect(unwrap(Promise.reject(abort))).rejects.toBe(abort);
});

it.each([
  [null, {}, /could not be reached.*connection/],
  [502, "<html>Bad gateway</html>", /server has a problem \(502\)/],
  [429, {}, /too much at once/],
  [422, { detail: "The body is wrong.", errors: [{ field: "title", message: "Too long." }] }, /^Too long\.$/],
  [403, { title: "Foreign origin", detail: "Open the app at its own address." }, /^Open the app/],
  [418, {}, /refused it \(418\)/],
])("explains %s %j", async (status, body, expected) => {
  const call = status === null ? Promise.reject(new TypeError("Failed to fetch")) : answer(status, body);
  const error = await unwrap(call).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ApiError);
  expect(explain(error)).toMatch(expected);
});

it("does not show a programming error to people", () => {
  expect(explain(new RangeError("x.y is undefined"))).not.toMatch(/undefined/);
});

it("tells when the server wants to be asked again", async () => {
  const response = new Response(null, { status: 429, headers: { "Retry-After": "700" } });
  const error = await unwrap(Promise.resolve({ error: {}, response })).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ retryAfter: 700 });
  expect(explain(error)).toMatch(/Try again in 12 minutes\./);
});

it("knows the kind of a problem", async () => {
  const error = await unwrap(answer(409, { type: "/problems/email-taken" })).catch(
    (reason: unknown) => reason,
  );
  expect((error as ApiError).is("email-taken")).toBe(true);
  expect((error as ApiError).is("email")).toBe(false);
});

it.each([
  ["is not the password of your account", "This is not the password of your account."],
  ["String should have at least 8 characters", "String should have at least 8 characters."],
  ["Too long.", "Too long."],
])("says %j of a field as a sentence", async (message, expected) => {
  const error = await unwrap(answer(422, { errors: [{ field: "password", message }] })).catch(
    (r: unknown) => r,
  );
  expect(fieldErrors(error)).toEqual({ password: expected });
});
