import { browserClient } from "./client";
import { unwrap } from "./problem";

/** Takes a change back by the token that came with it; it works once, and only while nothing else changed since. */
export async function undoChange(token: string): Promise<void> {
  await unwrap(browserClient().POST("/api/undo", { body: { undo: token } }));
}
