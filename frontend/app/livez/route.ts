import { appVersion } from "@/lib/backend";

export const dynamic = "force-dynamic";

/** Liveness: this process answers. It asks nothing of the backend, so a backend outage restarts no frontend. */
export function GET(): Response {
  return Response.json({ status: "ok", version: appVersion() }, { headers: { "Cache-Control": "no-store" } });
}
