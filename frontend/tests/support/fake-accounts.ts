import type { Me } from "@/lib/api/accounts";
import { problem } from "./problem";

const GUEST: Me = { email: null, guest: true, created_at: null };

/** The backend's accounts in memory, for one browser: who is logged in, and which passwords are right. */
export class FakeAccounts {
  me: Me = GUEST;
  /** Passwords by e-mail. */
  passwords = new Map<string, string>();
  /** The session is gone, and the browser does not know yet. */
  ended = false;
  /** How long the server refuses every login, in seconds. */
  limited = 0;

  /** Logs somebody in, as if it had happened before. */
  enter(email: string, password = "correct horse"): void {
    this.passwords.set(email, password);
    this.me = { email, guest: false, created_at: "2026-01-01T00:00:00Z" };
  }

  /** The answer to a request about accounts. */
  async answer(request: Request, path: string): Promise<Response> {
    if (path === "/api/auth/me" && request.method === "GET") return Response.json(this.me);
    const text = await request.text();
    const body: Record<string, string> = text ? JSON.parse(text) : {};
    switch (path) {
      case "/api/auth/login":
        return this.login(body);
      case "/api/auth/register":
        if (this.passwords.has(body.email ?? "")) return problem(409, { type: "/problems/email-taken" });
        this.enter(body.email ?? "", body.password);
        return Response.json(this.me, { status: 201 });
      case "/api/auth/password":
        if (!this.isMine(body.current_password)) return wrongField("current_password");
        this.passwords.set(this.me.email ?? "", body.new_password ?? "");
        return empty();
      case "/api/auth/me":
        if (!this.isMine(body.password)) return wrongField("password");
        this.passwords.delete(this.me.email ?? "");
        this.me = GUEST;
        return empty();
      default:
        this.me = GUEST;
        this.ended = false;
        return empty();
    }
  }

  /** The one answer that a browser gets whose session has ended; its cookie is gone then. */
  sessionEnded(): Response {
    this.ended = false;
    this.me = GUEST;
    return problem(401, { type: "/problems/session-ended", detail: "The session has ended." });
  }

  private login({ email = "", password }: Record<string, string>): Response {
    if (this.limited) {
      const headers = { "Retry-After": String(this.limited) };
      return problem(429, { type: "/problems/too-many-attempts" }, headers);
    }
    if (this.passwords.get(email) !== password) return problem(401, { type: "/problems/wrong-credentials" });
    this.ended = false;
    this.enter(email, password);
    return Response.json(this.me);
  }

  private isMine(password: string | undefined): boolean {
    return this.passwords.get(this.me.email ?? "") === password;
  }
}

function wrongField(field: string): Response {
  return problem(422, { type: "/problems/validation", errors: [{ field, message: "is wrong" }] });
}

function empty(): Response {
  return new Response(null, { status: 204 });
}
