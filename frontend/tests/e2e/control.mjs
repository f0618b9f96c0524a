import assert from "node:assert/strict";

const url = process.env.E2E_CONTROL;

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
