import { randomUUID } from "node:crypto";

/** A file as the app exports it, with todos of these titles and one description, to be chosen in a file field. */
export function exportFile(titles, { name = "export.json", version = 1, description = "" } = {}) {
  const at = "2026-01-31T12:00:00Z";
  const todos = titles.map((title) => ({
    id: randomUUID(),
    title,
    description,
    completed_at: null,
    priority: "normal",
    tags: [],
    due: null,
    repeat: null,
    created_at: at,
  }));
  const document = { format: "todo-app", format_version: version, exported_at: at, todos };
  return { name, mimeType: "application/json", buffer: Buffer.from(JSON.stringify(document)) };
}
