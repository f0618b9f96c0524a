import { checkHealth } from "@/lib/health";

export const dynamic = "force-dynamic";

/** Readiness: 200 when the frontend reaches the backend by its DNS name, else 503 with the reason. */
export async function GET(): Promise<Response> {
  const health = await checkHealth();
  return Response.json(health, {
    status: health.status === "ok" ? 200 : 503,
    headers: { "Cache-Control": "no-store" },
  });
}
