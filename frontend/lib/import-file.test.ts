import { expect, it } from "vitest";
import { readImportFile } from "./import-file";

const file = (content: string | Uint8Array<ArrayBuffer>) => new File([content], "todos.json");
const exported = { format: "todo-app", format_version: 1, exported_at: "2026-01-01T00:00:00Z", todos: [] };

it("reads what was exported", async () => {
  await expect(readImportFile(file(JSON.stringify(exported)))).resolves.toEqual(exported);
});

it.each([
  ["not JSON", /“todos\.json” is not JSON/],
  ["null", /holds no exported todos/],
  ["[1]", /holds no exported todos/],
  [JSON.stringify({ ...exported, format: "notes" }), /holds no exported todos/],
  [JSON.stringify({ ...exported, todos: {} }), /holds no exported todos/],
  [JSON.stringify({ ...exported, format_version: 2 }), /newer version/],
  [new Uint8Array(8 * 1024 * 1024 + 1), /has 8\.0 MiB; at most 8/],
])("tells why it cannot import %.60j", async (content, message) => {
  await expect(readImportFile(file(content))).rejects.toThrow(message);
});
