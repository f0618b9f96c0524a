/** Serves the standalone build: Next's own server, with a limit of pages in the making and probes of its own. */
import http from "node:http";
import { bounded } from "./overload.mjs";
import { answerProbes } from "./probes.mjs";

const create = http.createServer;
http.createServer = (listener) => {
  http.createServer = create;
  const server = create(bounded(listener));
  const port = Number(process.env.PROBE_PORT);
  if (port) server.once("listening", () => answerProbes(process.env.HOSTNAME, port));
  return server;
};
await import("../server.js");
