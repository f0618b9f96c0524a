import { vi } from "vitest";
import type { Todo, TodoPage } from "@/lib/api/todos";
import { matchesSearch, matchesView, parseView } from "@/lib/todo-view";
import { FakeAccounts } from "./fake-accounts";
import { problem } from "./problem";

type Failure = number | "network";

/** An answer that a test lets go when it wants to look at the time before. */
type Gate = { open: () => void };

/** The backend's todo API in memory, in the place of `fetch`: the same shapes, codes and version rule. */
export class FakeApi {
  todos: Todo[] = [];
  readonly accounts = new FakeAccounts();
  /** The todos of the account whose session has ended. */
  private away: Todo[] = [];
  requests: string[] = [];
  pageSize = 50;
  private failures: Failure[] = [];
  private gate: Promise<void> | undefined;
  private serial = 0;

  constructor(...titles: string[]) {
    for (const title of titles.toReversed()) this.add(title);
    vi.stubGlobal("fetch", (request: Request) => this.answer(request));
  }

  add(title: string, fields: Partial<Todo> = {}): Todo {
    this.serial += 1;
    const now = new Date(this.serial * 1000).toISOString();
    const todo: Todo = {
      id: `id-${this.serial}`,
      title,
      description: "",
      completed: false,
      priority: "normal",
      tags: [],
      due: null,
      repeat: null,
      position: `a${9 - this.serial}`,
      version: 1,
      created_at: now,
      updated_at: now,
      completed_at: null,
      ...fields,
    };
    this.todos.unshift(todo);
    return todo;
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

  page(params: URLSearchParams): TodoPage {
    const view = parseView(params);
    const found = this.todos.filter((todo) => matchesSearch(todo, view.q));
    const start = Number(params.get("cursor") ?? 0);
    const shown = found.filter((todo) => matchesView(todo, view));
    const end = start + this.pageSize;
    const pending = found.filter((todo) => !todo.completed).length;
    return {
      items: shown.slice(start, end),
      next_cursor: end < shown.length ? String(end) : null,
      counts: { total: found.length, pending, completed: found.length - pending },
    };
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
    if (request.method === "GET") return Response.json(this.page(url.searchParams));
    await this.gate;
    const failure = this.failures.shift();
    if (failure === "network") throw new TypeError("Failed to fetch");
    if (failure) return problem(failure);
    return this.write(request, url.pathname.split("/")[3]);
  }

  /** Logging in brings the account's todos back and takes the guest's along. */
  private async answerAccount(request: Request, path: string): Promise<Response> {
    const response = await this.accounts.answer(request, path);
    if (path.endsWith("/login") && response.ok) this.todos.push(...this.away.splice(0));
    return response;
  }

  private async write(request: Request, id: string | undefined): Promise<Response> {
    if (request.method === "POST") {
      return Response.json(this.add((await request.json()).title), { status: 201 });
    }
    const todo = this.todos.find((item) => item.id === id);
    if (!todo) return problem(404);
    if (request.method === "DELETE") {
      this.todos = this.todos.filter((item) => item !== todo);
      return new Response(null, { status: 204 });
    }
    const { version, ...changes } = await request.json();
    if (version !== todo.version) return problem(409, { current: { ...todo } });
    Object.assign(todo, changes, { version: version + 1 });
    return Response.json(todo);
  }
}
