import { ApiError, explain } from "@/lib/api/problem";
import { ImportFileError } from "@/lib/import-file";

/** So many of the faults of a file are named. */
const NAMED = 3;

/** Why a file was not imported, in sentences; its todos are counted from one. */
export function explainImport(error: unknown): string {
  if (error instanceof ImportFileError) return error.message;
  if (!(error instanceof ApiError)) return explain(error);
  if (error.status === 413) return "The file is too large to be imported.";
  const faults = error.problem.errors ?? [];
  if (error.status !== 422 || faults.length === 0) return explain(error);
  const named = faults
    .slice(0, NAMED)
    .map(({ field, message }) => `${place(field)} ${message}`.replace(/\.?$/, "."));
  const rest = faults.length - named.length;
  return ["Nothing was imported.", ...named, ...(rest > 0 ? [`And ${rest} more.`] : [])].join(" ");
}

/** Where a fault is: `todos.3.title` is the title of the fourth todo. */
function place(field: string): string {
  const [, index, ...path] = /^todos\.(\d+)\.?(.*)$/.exec(field) ?? [];
  if (index === undefined) return `${field}:`;
  const name = path.join("").replaceAll("_", " ");
  return name ? `Todo ${Number(index) + 1}, ${name}:` : `Todo ${Number(index) + 1}:`;
}
