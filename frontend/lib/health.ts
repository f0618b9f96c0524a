import { ASKING, appVersion, backendUrl, describeFetchFailure } from "@/lib/backend";

/** What /healthz answers. */
export type Health = {
  status: "ok" | "error";
  version: string;
  backend: { status: "ok" | "error"; host: string; version?: string; reason?: string };
};

/** Shorter than a probe's usual period, so that a probe gets an answer that says why. */
const TIMEOUT_MS = 2_000;

/** Asks the backend for its version through the same name and port that the pages use. */
export async function checkHealth(): Promise<Health> {
  const version = appVersion();
  let host = "";
  try {
    const base = backendUrl();
    host = new URL(base).hostname;
    const response = await fetch(`${base}/api/version`, {
      ...ASKING,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`GET /api/version answered ${response.status}`);
    const body = (await response.json()) as { version: string };
    return { status: "ok", version, backend: { status: "ok", host, version: body.version } };
  } catch (error) {
    const reason = host
      ? `asking the backend ${host}: ${describeFetchFailure(error)}`
      : (error as Error).message;
    return { status: "error", version, backend: { status: "error", host, reason } };
  }
}
