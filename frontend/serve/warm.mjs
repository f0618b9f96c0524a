import { get } from "node:http";

/** More than a first page takes on a busy machine; the backend is waited for half as long. */
const PATIENCE_MS = 20_000;

/**
 * Where a server of this machine is asked. What listens at every address listens at 127.0.0.1, without IPv6 too.
 * @param {string} address where it listens
 */
export const near = (address) => (["::", "0.0.0.0"].includes(address) ? "127.0.0.1" : address);

/**
 * Makes a page, and waits for it: the first one of a process takes ten times as long as the next, and no visitor is to
 * wait for that. Whatever comes of it, the server goes on.
 * @param {{ address: string, port: number }} serving where the server listens
 */
export function firstPage({ address, port }, patience = PATIENCE_MS) {
  return new Promise((resolve) => {
    get({ host: near(address), port, path: "/", signal: AbortSignal.timeout(patience) }, (answer) =>
      answer.resume().once("close", resolve),
    ).once("error", resolve);
  });
}
