import { browserClient } from "./client";
import { unwrap } from "./problem";
import type { components } from "./schema";

/** What one request carries, in todos and in bytes: a fraction of what the backend takes, so that it is done soon. */
const PART_TODOS = 5_000;
const PART_BYTES = 8 * 1024 * 1024;

export type ImportDocument = components["schemas"]["ImportDocument"];
/** What was done in all; `undo` takes it back, part by part in this order. */
export type ImportResult = { created: number; restored: number; skipped: number; undo: string[] };

/**
 * Imports an exported document. A dry run only counts what would happen. A large one goes in parts, the last one first,
 * as each goes above what is there; a part is imported as a whole or not at all, and one that was is left as it is when
 * the document is imported again.
 */
export async function importTodos(
  document: ImportDocument,
  { dryRun }: { dryRun: boolean },
): Promise<ImportResult> {
  const sum: ImportResult = { created: 0, restored: 0, skipped: 0, undo: [] };
  for (const todos of partsOf(document.todos).toReversed()) {
    const part = await unwrap(
      browserClient().POST("/api/import", {
        params: { query: { dry_run: dryRun } },
        body: { ...document, todos },
      }),
    );
    sum.created += part.created;
    sum.restored += part.restored;
    sum.skipped += part.skipped;
    if (part.undo) sum.undo.unshift(part.undo);
  }
  return sum;
}

type Todos = ImportDocument["todos"];

/** Cuts todos into parts that one request can carry; there is at least one. */
export function partsOf(todos: Todos, limits = { todos: PART_TODOS, bytes: PART_BYTES }): Todos[] {
  const encoder = new TextEncoder();
  const parts: Todos[] = [[]];
  let bytes = 0;
  for (const todo of todos) {
    const size = encoder.encode(JSON.stringify(todo)).length + 1;
    const last = parts.at(-1) as Todos;
    if (last.length > 0 && (last.length >= limits.todos || bytes + size > limits.bytes)) {
      parts.push([todo]);
      bytes = size;
    } else {
      last.push(todo);
      bytes += size;
    }
  }
  return parts;
}
