import { subscribe } from "node:diagnostics_channel";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { collectDefaultMetrics, Histogram, Registry } from "@prometheus-io/client";

/** What Node says of each request to any server of this process: https://nodejs.org/api/diagnostics_channel.html#http */
interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  server: Server;
}

const FILE = /^\/(_next\/static\/|icon\.svg|favicon\.ico)/;
const PROBE = /^\/(livez|healthz)(\?|$)/;

/** What a request is for: one of few, as each is a series of its own. */
function kind(url = ""): "file" | "probe" | "page" {
  if (FILE.test(url)) return "file";
  return PROBE.test(url) ? "probe" : "page";
}

/**
 * Tells Prometheus about this process, on a port of its own that no ingress leads to: its requests, its event loop, its
 * memory. The app is served even where the port is taken: then the log says that its figures are not.
 * @param host where to listen; undefined is every address, of IPv6 too where there is one
 */
export function serveMetrics(host: string | undefined, port: number): Server {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const durations = new Histogram({
    name: "http_request_duration_seconds",
    help: "From a request's head to the end of its answer.",
    labelNames: ["method", "kind", "status"],
    registers: [registry],
  });
  const server = createServer(async (_, response) => {
    const text = await registry.metrics();
    response.setHeader("Content-Type", registry.contentType).end(text);
  });
  const began = new WeakMap<IncomingMessage, number>();
  subscribe("http.server.request.start", (message) => {
    const exchange = message as Exchange;
    if (exchange.server !== server) began.set(exchange.request, performance.now());
  });
  subscribe("http.server.response.finish", (message) => {
    const { request, response } = message as Exchange;
    const start = began.get(request);
    if (start === undefined) return;
    const labels = { method: request.method, kind: kind(request.url), status: response.statusCode };
    durations.observe(labels, (performance.now() - start) / 1000);
  });
  server.once("error", (error) =>
    console.error(`the metrics are not served; set METRICS_PORT to a free port: ${error.message}`),
  );
  return server.listen(port, host);
}
