import assert from "node:assert/strict";

const url = process.env.E2E_CONTROL;

/** Whether the servers run beside the tests, and not in a cluster behind an ingress. */
const local = url !== undefined;

/** Options of a test that takes the controls below: it is skipped where the app runs in a cluster. */
export const localOnly = local ? {} : { skip: "only `mage browser` can do this to the servers" };

/**
 * Options of a test of what happens in the browser, or between it and the app as other tests show it behind an ingress
 * too: such as a text, a look or a key. Behind an ingress it is skipped.
 */
export const sameBehindIngress = local
  ? {}
  : { skip: "an ingress changes nothing of this, and `mage browser` tests it" };

async function post(path, body = "") {
  const answer = await fetch(`${url}${path}`, { method: "POST", body });
  assert.equal(answer.status, 204, `${path}: ${await answer.text()}`);
}

/** What a browser cannot do to the servers of the app; each promise is kept once it has been done. */
export const control = {
  stopDatabase: () => post("/database/stop"),
  startDatabase: () => post("/database/start"),
  /** Runs an SQL statement, for example one that lets sessions end. */
  sql: (statement) => post("/sql", statement),
  /** Restarts the backend with environment variables such as OPENAI_BASE_URL; without any it is as before. */
  restartBackend: (settings = {}) => post("/backend/restart", JSON.stringify(settings)),
};
