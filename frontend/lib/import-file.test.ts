import { expect, it } from "vitest";
import { readImportFile } from "./import-file";

const file = (content: string) => new File([content], "todos.json");
const exported = { format: "todo-app", format_version: 1, exported_at: "2026-01-01T00:00:00Z", todos: [] };

it.each([1, 2])("reads what was exported in version %d", async (version) => {
  const document = { ...exported, format_version: version };
  await expect(readImportFile(file(JSON.stringify(document)))).resolves.toEqual(document);
});

it.each([
  ["not JSON", /“todos\.json” is not JSON/],
  ["null", /holds no exported todos/],
  ["[1]", /holds no exported todos/],
  [JSON.stringify({ ...exported, format: "notes" }), /holds no exported todos/],
  [JSON.stringify({ ...exported, todos: {} }), /holds no exported todos/],
  [JSON.stringify({ ...exported, format_version: 3 }), /newer version/],
])("tells why it cannot import %.60j", async (content, message) => {
  await expect(readImportFile(file(content))).rejects.toThrow(message);
});
