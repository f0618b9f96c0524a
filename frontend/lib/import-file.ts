import { quoted } from "@/lib/text";

/** A file that cannot be imported; the message says why and what can be. */
export class ImportFileError extends Error {
  override name = "ImportFileError";
}

/**
 * Reads an exported file as far as it must be understood here; each todo in it is the server's to check.
 * @throws ImportFileError when it is no export of this app.
 */
export async function readImportFile(file: File): Promise<{ todos: unknown[] }> {
  let document: unknown;
  try {
    document = JSON.parse(await file.text());
  } catch {
    throw new ImportFileError(
      `${quoted(file.name)} is not JSON. Choose a file that was exported from this app.`,
    );
  }
  if (!isExport(document)) {
    throw new ImportFileError(
      `${quoted(file.name)} holds no exported todos. Choose a file that was exported from this app.`,
    );
  }
  if (document.format_version !== 1 && document.format_version !== 2) {
    throw new ImportFileError(
      `${quoted(file.name)} was exported by a newer version of this app, which this one cannot read.`,
    );
  }
  return document;
}

function isExport(document: unknown): document is { format_version: unknown; todos: unknown[] } {
  if (typeof document !== "object" || document === null) return false;
  const { format, todos } = document as Record<string, unknown>;
  return format === "todo-app" && Array.isArray(todos);
}
