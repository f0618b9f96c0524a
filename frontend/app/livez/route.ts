import { appVersion } from "@/lib/backend";

export const dynamic = "force-dynamic";

/**
 * Liveness: this process answers. It asks nothing of the backend, so a backend outage restarts no frontend. By its pod's UID
 * a deploy tells its own app from that of another cluster at the same address.
 */
export function GET(): Response {
  const alive = { status: "ok", version: appVersion(), pod: process.env.POD_UID };
  return Response.json(alive, { headers: { "Cache-Control": "no-store" } });
}
