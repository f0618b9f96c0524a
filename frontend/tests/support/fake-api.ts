import { vi } from "vitest";
import type { Line, Listing, Reading, Todo, TodoPage } from "@/lib/api/todos";
import { compareTodos, matchesFilters, matchesListing } from "@/lib/todo-match";
import { FakeAccounts } from "./fake-accounts";
import { FakeChat } from "./fake-chat";
import { problem } from "./problem";
import { aTodo } from "./todo";

type Failure = number | "network";

/** An answer that a test lets go when it wants to look at the time before. */
type Gate = { open: () => void };

const CASES = [{ title: "Days", cases: [{ text: "buy milk today", meaning: "buy milk ~ 2026-11-25" }] }];
const TOO_LONG = { field: "text", message: "must have a title of 1 to 200 characters that show" };

/** The backend's todo API in memory, in the place of `fetch`: the same shapes, codes and version rule. */
export class FakeApi {
  todos: Todo[] = [];
  readonly accounts = new FakeAccounts();
  readonly chat = new FakeChat();
  /** The todos of the account whose session has ended. */
  private away: Todo[] = [];
  requests: string[] = [];
  /** What was added, as it was sent. */
  lines: Line[] = [];
  pageSize = 50;
  /** Whether a move makes the keys of the order short again, those of all todos. */
  shortens = false;
  private failures: Failure[] = [];
  private gate: Promise<void> | undefined;
  private serial = 0;
  private readings = new Map<string, Partial<Reading>>();
  private undos = new Map<string, Todo[]>();

  constructor(...titles: string[]) {
    for (const title of titles.toReversed()) this.add(title);
    vi.stubGlobal("fetch", (request: Request) => this.answer(request));
  }

  /** Adds a todo on top. */
  add(title: string, fields: Partial<Todo> = {}): Todo {
    this.serial += 1;
    const now = new Date(this.serial * 1000).toISOString();
    const todo = aTodo({
      id: `id-${this.serial}`,
      title,
      position: `a${String(1000 - this.serial)}`,
      created_at: now,
      updated_at: now,
      ...fields,
    });
    this.todos.unshift(todo);
    return todo;
  }

  todo(title: string): Todo {
    const found = this.todos.find((todo) => todo.title === title);
    if (!found) throw new Error(`no todo “${title}”`);
    return found;
  }

  /** Has the next writes fail, one for each failure given. */
  failWrites(...failures: Failure[]): void {
    this.failures.push(...failures);
  }

  /** Holds every write back until the gate is opened. */
  holdWrites(): Gate {
    let open = () => {};
    this.gate = new Promise((resolve) => {
      open = () => {
        this.gate = undefined;
        resolve();
      };
    });
    return { open };
  }

  /** Tells what a line means; others are title as they are. */
  reads(text: string, reading: Partial<Reading>): void {
    this.readings.set(text, reading);
  }

  private read(text: string): Reading {
    const plain = {
      title: text.trim(),
      due: null,
      repeat: null,
      priority: "normal",
      tags: [],
      understood: [],
    } as const;
    return { ...structuredClone(plain), ...this.readings.get(text) } as Reading;
  }

  page(params: URLSearchParams): TodoPage {
    const listing: Listing = Object.fromEntries(params);
    const found = this.todos.filter((todo) => matchesFilters(todo, listing));
    const shown = found
      .filter((todo) => matchesListing(todo, listing))
      .sort((a, b) => compareTodos(a, b, listing.sort));
    // As the server's: a cursor is a place in the order, and not a number of rows.
    const cursor = params.get("cursor");
    const last: Todo | undefined = cursor ? JSON.parse(cursor) : undefined;
    const rest = last ? shown.filter((todo) => compareTodos(todo, last, listing.sort) > 0) : shown;
    const items = rest.slice(0, this.pageSize);
    const pending = found.filter((todo) => !todo.completed).length;
    return structuredClone({
      items,
      next_cursor: items.length < rest.length ? JSON.stringify(items.at(-1)) : null,
      counts: { total: found.length, pending, completed: found.length - pending },
    });
  }

  private async answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    this.requests.push(`${request.method} ${url.pathname}${url.search}`);
    const entering = /^\/api\/auth\/(login|register|logout)$/.test(url.pathname);
    if (this.accounts.ended && !entering) {
      this.away = this.todos.splice(0);
      return this.accounts.sessionEnded();
    }
    if (url.pathname.startsWith("/api/auth/")) return this.answerAccount(request, url.pathname);
    if (url.pathname === "/api/chat") return this.chat.answer(request);
    if (url.pathname === "/api/todos/read") {
      if (request.method === "GET") return Response.json(CASES);
      const { text }: Line = await request.json();
      return Response.json(this.read(text));
    }
    if (request.method === "GET") return Response.json(this.page(url.searchParams));
    await this.gate;
    const failure = this.failures.shift();
    if (failure === "network") throw new TypeError("Failed to fetch");
    if (failure) return problem(failure);
    const body = request.method === "DELETE" ? {} : await request.json();
    const [, , resource, id] = url.pathname.split("/");
    if (resource === "undo") return this.chat.undo(body.undo) ?? this.undo(body.undo);
    if (resource === "import") return this.import(body.todos, url.searchParams.get("dry_run") === "true");
    if (id === "bulk") return this.bulk(body);
    if (request.method === "POST" && !id) {
      if (this.read(body.text).title.length > 200) return problem(422, { errors: [TOO_LONG] });
      const headers = { "Undo-Token": this.remember() };
      return Response.json(this.create(body), { status: 201, headers });
    }
    return this.write(request.method, body, id);
  }

  /** Logging in brings the account's todos back and takes the guest's along. */
  private async answerAccount(request: Request, path: string): Promise<Response> {
    const response = await this.accounts.answer(request, path);
    if (path.endsWith("/login") && response.ok) this.todos.push(...this.away.splice(0));
    return response;
  }

  /** Takes the todos whose titles are new; the server tells them by their ids. */
  private import(todos: { title: string }[], dryRun: boolean): Response {
    const fresh = todos.filter(({ title }) => !this.todos.some((todo) => todo.title === title));
    const token = this.remember();
    if (!dryRun) for (const { title } of fresh) this.add(title);
    return Response.json({
      created: fresh.length,
      restored: 0,
      skipped: todos.length - fresh.length,
      undo: dryRun || fresh.length === 0 ? null : token,
    });
  }

  private create(line: Line): Todo {
    this.lines.push(line);
    const { title, due, understood: _, ...fields } = this.read(line.text);
    return this.add(title, {
      ...fields,
      due: due ? { ...due, at: `${due.date}T${due.time ?? "23:59"}:00Z` } : null,
    });
  }

  private write(method: string, body: Record<string, unknown>, id?: string): Response {
    const todo = this.todos.find((item) => item.id === id);
    if (!todo) return problem(404);
    const headers = { "Undo-Token": this.remember() };
    if (method === "DELETE") {
      this.remove(todo);
      return new Response(null, { status: 204, headers });
    }
    const { version, position, ...changes } = body;
    if (version !== todo.version) return problem(409, { current: { ...todo } });
    Object.assign(todo, changes, { version: todo.version + 1 });
    if (position) todo.position = this.between(position as { before?: string; after?: string });
    if (position && this.shortens) this.shorten();
    return Response.json(todo, { headers });
  }

  private remove(todo: Todo): void {
    this.todos = this.todos.filter((item) => item !== todo);
  }

  /** A key beside another todo's; as the server does it, but without ever running out of room. */
  private between({ before, after }: { before?: string; after?: string }): string {
    const sorted = this.todos.toSorted((a, b) => compareTodos(a, b));
    const index = sorted.findIndex(({ id }) => id === (before ?? after));
    const previous = before ? sorted[index - 1] : sorted[index];
    return previous ? `${previous.position}V` : "a";
  }

  /** Gives every todo a new key, in the order that they have. */
  private shorten(): void {
    for (const [index, todo] of this.todos.toSorted((a, b) => compareTodos(a, b)).entries())
      todo.position = `Z${100 + index}`;
  }

  private bulk({ action, ids, tag }: { action: string; ids: string[]; tag?: string }): Response {
    const found = this.todos.filter((todo) => ids.includes(todo.id));
    if (found.length < ids.length) return problem(404);
    const token = this.remember();
    for (const todo of found) {
      if (action === "delete") this.remove(todo);
      else {
        Object.assign(todo, action === "complete" ? { completed: true } : { tags: [...todo.tags, tag] });
        todo.version += 1;
      }
    }
    return Response.json({ items: action === "delete" ? [] : found, undo: token });
  }

  /** Keeps everything as it is; returns the token that brings it back. */
  private remember(): string {
    const token = `undo-${this.undos.size}`;
    this.undos.set(token, structuredClone(this.todos));
    return token;
  }

  private undo(token: string): Response {
    const before = this.undos.get(token);
    if (!before) return problem(404, { type: "/problems/undo-gone" });
    this.undos.delete(token);
    const now = new Map(this.todos.map((todo) => [todo.id, JSON.stringify(todo)]));
    const back = before.filter((todo) => now.get(todo.id) !== JSON.stringify(todo));
    for (const todo of back) todo.version += 2;
    this.todos = before;
    return Response.json({ items: back });
  }
}
