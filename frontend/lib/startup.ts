import { backendUrl } from "@/lib/backend";

/** Ends the process with one line when BACKEND_URL is missing or wrong, before a visitor meets it as a broken page. */
export function requireBackendUrl(): void {
  try {
    backendUrl();
  } catch (error) {
    console.error(`starting the frontend: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}
