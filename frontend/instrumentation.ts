/** Runs once, before the server takes requests. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs" && process.env.NODE_ENV === "production") {
    const { requireBackendUrl } = await import("./lib/startup");
    requireBackendUrl();
  }
}
