import type { Priority } from "@/lib/api/todos";
import { isBlank } from "@/lib/text";

export const STATUSES = ["all", "pending", "completed"] as const;
export type Status = (typeof STATUSES)[number];

export const PRIORITIES = ["high", "normal", "low"] as const satisfies readonly Priority[];

/** What is overdue, due today, and due in the seven days from today on. */
export const DUE_RANGES = ["overdue", "today", "week"] as const;
export type DueRange = (typeof DUE_RANGES)[number];

export const SORTS = ["manual", "created", "due", "priority", "title"] as const;
export type Sort = (typeof SORTS)[number];

/** Which todos are shown, and in which order. It lives in the URL, so that it survives a reload and can be shared. */
export type TodoView = {
  status: Status;
  q: string;
  priority: Priority | null;
  tag: string;
  due: DueRange | null;
  sort: Sort;
};

export const EVERYTHING: TodoView = {
  status: "all",
  q: "",
  priority: null,
  tag: "",
  due: null,
  sort: "manual",
};

type PageParams = Record<string, string | string[] | undefined>;

/** Reads the view from a page's search parameters; what it does not know counts as not given. */
export function parseView(params: URLSearchParams | PageParams): TodoView {
  const read = (name: string) => {
    const value = params instanceof URLSearchParams ? params.get(name) : params[name];
    return (Array.isArray(value) ? value[0] : value) ?? "";
  };
  const oneOf = <T extends string>(values: readonly T[], name: string) =>
    values.find((known) => known === read(name));
  return {
    status: oneOf(STATUSES, "status") ?? "all",
    q: read("q").trim().slice(0, MAX_QUERY),
    priority: oneOf(PRIORITIES, "priority") ?? null,
    tag: isTag(asTag(read("tag"))) ? asTag(read("tag")) : "",
    due: oneOf(DUE_RANGES, "due") ?? null,
    sort: oneOf(SORTS, "sort") ?? "manual",
  };
}

/** The longest search text, in UTF-16 code units. */
export const MAX_QUERY = 200;

/** A tag in the form in which it is kept and compared. */
export function asTag(text: string): string {
  return text.toLowerCase().normalize("NFC");
}

/** Whether a text in that form is a tag by the backend's rule. */
export function isTag(text: string): boolean {
  return /^[\p{L}\p{M}\p{N}_-]{1,30}$/u.test(text) && !isBlank(text);
}

/** The address of a view; what is the default is left out. */
export function viewHref(view: TodoView): string {
  const params = viewParams(view);
  return params.size ? `/?${params}` : "/";
}

/** What a view's address has behind the question mark. */
export function viewParams(view: TodoView): URLSearchParams {
  const params = new URLSearchParams();
  for (const name of ["status", "priority", "tag", "due", "q", "sort"] as const) {
    const value = view[name];
    if (value && value !== EVERYTHING[name]) params.set(name, value);
  }
  return params;
}

/** Whether anything but the status and the order narrows a view. */
export function isNarrowed({ q, priority, tag, due }: TodoView): boolean {
  return q !== "" || priority !== null || tag !== "" || due !== null;
}
