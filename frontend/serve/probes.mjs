/**
 * The answers to probes, on a port of their own and in a thread of their own: while the server is busy it is alive, and
 * must not be taken out of service or restarted for it. It is dead when its loop has stood still for STILL_MS, and out of
 * service when a request that costs it nothing is not answered within PATIENCE_MS.
 */
import { Agent, createServer, get } from "node:http";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { near } from "./warm.mjs";

const BEAT_MS = 250;
const STILL_MS = 10_000;

/** Less than a probe waits, so that it is told why. */
const PATIENCE_MS = 4_000;

/**
 * Starts answering for the thread that calls this: 200 while its loop turns, else 503; /ready says whether its server
 * answers.
 * @param {string | undefined} host where to answer probes; undefined is every address, of IPv6 too where there is one
 * @param {number} port
 * @param {import("node:net").AddressInfo} serving where the server listens
 * @param {{ still?: number, patience?: number }} limits in ms
 * @returns {Worker} which ends with the process
 */
export function answerProbes(host, port, serving, { still = STILL_MS, patience = PATIENCE_MS } = {}) {
  const beat = new BigInt64Array(new SharedArrayBuffer(8));
  const turn = () => Atomics.store(beat, 0, process.hrtime.bigint());
  turn();
  setInterval(turn, BEAT_MS).unref();
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { beat, host, port, serving, still, patience },
  });
  worker.unref();
  return worker;
}

if (!isMainThread && workerData?.beat) {
  const { beat, host, port, serving, still, patience } = workerData;
  // One connection for all: a busy server answers on it within a turn of its loop, but takes new ones late.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });

  const alive = () => {
    const standstill = Number((process.hrtime.bigint() - Atomics.load(beat, 0)) / 1_000_000n);
    return standstill < still ? "" : `the server has done nothing for ${standstill} ms`;
  };
  const ready = () =>
    new Promise((resolve) => {
      const signal = AbortSignal.timeout(patience);
      get({ host: near(serving.address), port: serving.port, path: "/livez", agent, signal }, (answer) => {
        answer.resume();
        answer.once("close", () =>
          resolve(answer.statusCode === 200 ? "" : `the server answers ${answer.statusCode}`),
        );
      }).once("error", (error) =>
        resolve(signal.aborted ? `no answer within ${patience} ms` : `no answer: ${error.message}`),
      );
    });

  createServer(async ({ url }, response) => {
    const wrong = await (url === "/ready" ? ready() : alive());
    response.writeHead(wrong ? 503 : 200, { "Content-Type": "text/plain", "Cache-Control": "no-store" });
    response.end(`${wrong || "ok"}\n`);
  }).listen(port, host);
}
