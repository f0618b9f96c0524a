import type { Todo } from "@/lib/api/todos";

export const STATUSES = ["all", "pending", "completed"] as const;
export type Status = (typeof STATUSES)[number];

/** Which todos are shown. It lives in the URL, so that it survives a reload and can be shared. */
export type TodoView = { status: Status; q: string };

export const EVERYTHING: TodoView = { status: "all", q: "" };

type PageParams = Record<string, string | string[] | undefined>;

/** Reads the view from a page's search parameters; what it does not know counts as not given. */
export function parseView(params: URLSearchParams | PageParams): TodoView {
  const read = (name: string) => {
    const value = params instanceof URLSearchParams ? params.get(name) : params[name];
    return (Array.isArray(value) ? value[0] : value) ?? "";
  };
  const status = STATUSES.find((known) => known === read("status")) ?? "all";
  return { status, q: read("q").trim().slice(0, MAX_QUERY) };
}

/** The longest search text, in UTF-16 code units. */
export const MAX_QUERY = 200;

/** The address of a view; what is the default is left out. */
export function viewHref({ status, q }: TodoView): string {
  const params = new URLSearchParams();
  if (status !== "all") params.set("status", status);
  if (q) params.set("q", q);
  return params.size ? `/?${params}` : "/";
}

/** Whether a todo matches the search text, by the backend's rule: title or description contains it. */
export function matchesSearch(todo: Pick<Todo, "title" | "description">, q: string): boolean {
  const needle = q.toLowerCase();
  return [todo.title, todo.description].some((text) => text.toLowerCase().includes(needle));
}

/** Whether a todo belongs to a view. */
export function matchesView(todo: Todo, { status, q }: TodoView): boolean {
  if (status !== "all" && todo.completed !== (status === "completed")) return false;
  return matchesSearch(todo, q);
}
