/** Settings that the server reads from its environment when it runs, never when it is built. */

type Environment = Record<string, string | undefined>;

/** Says that an environment variable is missing or wrong, and how to mend it. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/**
 * The backend's base URL from BACKEND_URL, without a trailing slash.
 * @throws ConfigError when it is missing or no http(s) URL.
 */
export function backendUrl(env: Environment = process.env): string {
  const value = env.BACKEND_URL?.trim();
  const mend = "set it to the backend's base URL, for example http://todo-app-backend:8000";
  if (!value) throw new ConfigError(`BACKEND_URL is not set: ${mend}`);
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) {
    throw new ConfigError(`BACKEND_URL is "${value}", which is no http or https URL: ${mend}`);
  }
  return value.replace(/\/+$/, "");
}

/**
 * How the backend is asked: for what it has now, over a connection of its own. Where a Service has no address yet, a proxy
 * beyond the cluster may take a connection; kept alive, it would go on answering in the backend's place.
 */
export const ASKING = { cache: "no-store", headers: { connection: "close" } } as const;

/** The release that this server belongs to; "dev" outside a deployment. */
export function appVersion(env: Environment = process.env): string {
  return env.APP_VERSION || "dev";
}

/** Why a request to the backend failed, in words for an operator: the name, the connection or the time. */
export function describeFetchFailure(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = (cause as { code?: unknown } | undefined)?.code;
  if (error instanceof Error && error.name === "TimeoutError") return "it did not answer in time";
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `its name could not be resolved (${code})`;
    case "ECONNREFUSED":
      return "nothing accepts connections there (ECONNREFUSED)";
    case "ECONNRESET":
    case "UND_ERR_SOCKET":
      return `it closed the connection (${code})`;
    default:
      return typeof code === "string" ? `the request failed (${code})` : String(cause);
  }
}
