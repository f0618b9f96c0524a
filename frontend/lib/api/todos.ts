import { type ApiClient, browserClient } from "./client";
import { type Undoable, unwrap, unwrapUndoable } from "./problem";
import type { components, operations } from "./schema";

type Schemas = components["schemas"];
type ListQuery = NonNullable<operations["list_todos"]["parameters"]["query"]>;

export type Todo = Schemas["TodoPublic"];
export type TodoPage = Schemas["TodoPage"];
export type Priority = Todo["priority"];
export type Repeat = NonNullable<Todo["repeat"]>;
/** When a todo is due, as the server takes it: without `at`, the instant that it works out. */
export type Due = Omit<NonNullable<Todo["due"]>, "at">;
/** Which todos are listed, and in which order. What is not asked for is absent. */
export type Listing = {
  [Name in Exclude<keyof ListQuery, "cursor" | "limit">]?: NonNullable<ListQuery[Name]>;
};
/** Where a todo is moved to in the manual order. */
export type Place = { before: string } | { after: string };
/** A todo in one line, with all that its meaning depends on. */
export type Line = Schemas["TodoLine"];
/** What a line means. */
export type Reading = Schemas["ReadingPublic"];
export type Understood = Reading["understood"][number];
/** Examples of what is understood of a line. */
export type Cases = Schemas["CasesPublic"];
export type TodoChanges = Partial<
  Pick<Todo, "title" | "description" | "completed" | "priority" | "tags" | "repeat"> & { due: Due | null }
>;
export type BulkAction = { action: "complete" } | { action: "delete" } | { action: "tag"; tag: string };
export type BulkAnswer = Schemas["BulkResult"];

/** The first page is what a screen or two show; what scrolling asks for comes in larger ones. */
const FIRST_PAGE = 50;
const NEXT_PAGE = 200;

/** What a page of a list is asked for by, from the beginning or from a cursor. */
export function listQuery(listing: Listing, cursor?: string | null): ListQuery {
  return { ...listing, ...(cursor ? { cursor, limit: NEXT_PAGE } : { limit: FIRST_PAGE }) };
}

/** One page of a list, from the beginning or from a cursor. */
export function listTodos(
  listing: Listing,
  {
    cursor,
    signal,
    client = browserClient(),
  }: { cursor?: string | null; signal?: AbortSignal; client?: ApiClient },
): Promise<TodoPage> {
  return unwrap(client.GET("/api/todos", { params: { query: listQuery(listing, cursor) }, signal }));
}

export function createTodo(line: Line): Promise<Undoable<Todo>> {
  return unwrapUndoable(browserClient().POST("/api/todos", { body: line }));
}

/** What a line would add; nothing is stored. */
export function readLine(line: Line): Promise<Reading> {
  return unwrap(browserClient().POST("/api/todos/read", { body: line }));
}

export function listCases(): Promise<Cases[]> {
  return unwrap(browserClient().GET("/api/todos/read"));
}

/** Changes a todo. `version` is the one the change is based on; a stale one is refused with 409. */
export function updateTodo(
  id: string,
  version: number,
  changes: TodoChanges | { position: Place },
): Promise<Undoable<Todo>> {
  return unwrapUndoable(
    browserClient().PATCH("/api/todos/{todo_id}", {
      params: { path: { todo_id: id } },
      body: { ...changes, version },
    }),
  );
}

export function deleteTodo(id: string): Promise<Undoable<unknown>> {
  return unwrapUndoable(
    browserClient().DELETE("/api/todos/{todo_id}", { params: { path: { todo_id: id } } }),
  );
}

/** Does one thing with up to MAX_BULK todos, all or none. The answer has what remains of them, and a token to undo it. */
export function bulkTodos(ids: string[], action: BulkAction): Promise<BulkAnswer> {
  return unwrap(browserClient().POST("/api/todos/bulk", { body: { ...action, ids } }));
}

/** Puts back what a change with this token changed. */
export async function undoChange(token: string): Promise<Todo[]> {
  return (await unwrap(browserClient().POST("/api/undo", { body: { undo: token } }))).items;
}
