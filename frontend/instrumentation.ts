/** Runs once, before the server takes requests. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs" && process.env.NODE_ENV === "production") {
    const { requireBackendUrl } = await import("./lib/startup");
    requireBackendUrl();
    const port = Number(process.env.METRICS_PORT);
    if (!port) return;
    const { serveMetrics } = await import("./lib/metrics");
    // Without a host, Node listens at every address, of IPv6 too where there is one; at "::" it fails where there is none.
    serveMetrics(process.env.HOSTNAME === "::" ? undefined : process.env.HOSTNAME, port);
  }
}
