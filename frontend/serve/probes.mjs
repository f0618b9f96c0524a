/**
 * The answers to probes, on a port of their own and in a thread of their own: while the server is busy it is alive, and
 * must not be taken out of service or restarted for it. It is not when its loop has stood still for STILL_MS.
 */
import { createServer } from "node:http";
import { isMainThread, Worker, workerData } from "node:worker_threads";

const BEAT_MS = 250;
const STILL_MS = 10_000;

/**
 * Starts answering for the thread that calls this: 200 while its loop turns, else 503.
 * @param {string | undefined} host
 * @param {number} port
 * @param {number} still how long the loop may stand still (ms)
 * @returns {Worker} which ends with the process
 */
export function answerProbes(host, port, still = STILL_MS) {
  const beat = new BigInt64Array(new SharedArrayBuffer(8));
  const turn = () => Atomics.store(beat, 0, process.hrtime.bigint());
  turn();
  setInterval(turn, BEAT_MS).unref();
  const worker = new Worker(new URL(import.meta.url), { workerData: { beat, host, port, still } });
  worker.unref();
  return worker;
}

if (!isMainThread && workerData?.beat) {
  const { beat, host, port, still } = workerData;
  createServer((_, response) => {
    const standstill = Number((process.hrtime.bigint() - Atomics.load(beat, 0)) / 1_000_000n);
    response.writeHead(standstill < still ? 200 : 503, {
      "Content-Type": "text/plain",
      "Cache-Control": "no-store",
    });
    response.end(standstill < still ? "ok\n" : `the server has done nothing for ${standstill} ms\n`);
  }).listen(port, host);
}
