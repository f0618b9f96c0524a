import { browserClient } from "./client";
import { unwrap } from "./problem";
import type { components } from "./schema";

/** The largest import that the backend takes, in bytes. */
export const MAX_IMPORT_BYTES = 8 * 1024 * 1024;

export type ImportDocument = components["schemas"]["ImportDocument"];
export type ImportResult = components["schemas"]["ImportResult"];

/** Imports an exported document, all of it or nothing. A dry run only counts what would happen. */
export function importTodos(
  document: ImportDocument,
  { dryRun }: { dryRun: boolean },
): Promise<ImportResult> {
  return unwrap(
    browserClient().POST("/api/import", { params: { query: { dry_run: dryRun } }, body: document }),
  );
}
