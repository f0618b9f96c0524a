import { type ApiClient, browserClient } from "./client";
import { unwrap } from "./problem";
import type { components } from "./schema";

/** Who the visitor is: an account with its e-mail, or a guest. */
export type Me = components["schemas"]["Me"];
export type Credentials = { email: string; password: string };

/** The limits that the backend sets for a password, in characters (Unicode code points). */
export const MIN_PASSWORD = 8;
export const MAX_PASSWORD = 128;

export function getMe({
  signal,
  client = browserClient(),
}: {
  signal?: AbortSignal;
  client?: ApiClient;
} = {}): Promise<Me> {
  return unwrap(client.GET("/api/auth/me", { signal }));
}

/** Makes the guest an account; the todos stay. */
export function register(credentials: Credentials): Promise<Me> {
  return unwrap(browserClient().POST("/api/auth/register", { body: credentials }));
}

/** Logs in; the guest's todos move to the account. */
export function login(credentials: Credentials): Promise<Me> {
  return unwrap(browserClient().POST("/api/auth/login", { body: credentials }));
}

/** Ends the session. Also works when there is none, and then clears a cookie that has outlived it. */
export async function logout(): Promise<void> {
  await unwrap(browserClient().POST("/api/auth/logout"));
}

/** Changes the password; every other session of the account ends. */
export async function changePassword(current: string, next: string): Promise<void> {
  await unwrap(
    browserClient().POST("/api/auth/password", {
      body: { current_password: current, new_password: next },
    }),
  );
}

/** Deletes the account and everything in it, at once and for good. */
export async function deleteAccount(password: string): Promise<void> {
  await unwrap(browserClient().DELETE("/api/auth/me", { body: { password } }));
}
