/** Serves the standalone build: Next's own server, with a limit of pages in the making and probes of its own. */
import http from "node:http";
import { bounded } from "./overload.mjs";
import { answerProbes } from "./probes.mjs";
import { firstPage } from "./warm.mjs";

// Without a host, Node listens at every address, of IPv6 too where there is one; at "::" it fails where there is none.
const host = process.env.HOSTNAME === "::" ? undefined : process.env.HOSTNAME;

const create = http.createServer;
http.createServer = (listener) => {
  http.createServer = create;
  const server = create(bounded(listener));
  const listen = server.listen.bind(server);
  server.listen = (port) => listen(port, host); // which is all that Next passes
  const probes = Number(process.env.PROBE_PORT);
  if (probes)
    server.once("listening", async () => {
      await firstPage(server.address());
      answerProbes(host, probes, server.address());
    });
  return server;
};
await import("../server.js");
