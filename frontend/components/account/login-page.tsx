"use client";

import { ListTodo } from "lucide-react";
import Link from "next/link";
import { leaveTo } from "@/lib/leave-to";
import type { LoginMode } from "./credentials";
import { LoginForm } from "./login-form";

type LoginPageProps = {
  mode: LoginMode;
  /** How many todos the visitor has as a guest. */
  guestTodos: number;
};

const texts = {
  login: {
    title: "Welcome back",
    other: "New here?",
    link: "Create an account",
    href: "/login?mode=register",
  },
  register: { title: "Create your account", other: "Have an account?", link: "Log in", href: "/login" },
} as const;

/** The page to log in or to register; what was typed stays when switching between the two. */
export function LoginPage({ mode, guestTodos }: LoginPageProps) {
  const { title, other, link, href } = texts[mode];
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-md flex-col justify-center px-4 py-10 sm:px-6">
      <p className="mb-1 text-sm font-semibold text-accent">
        <a href="/" className="rounded-sm hover:underline hover:underline-offset-4">
          Todo
        </a>
      </p>
      <h1 className="mb-7 text-3xl font-bold tracking-[-0.025em] text-balance">{title}</h1>
      <div className="rounded-3xl border border-line bg-surface p-5 shadow-card sm:p-7">
        {guestTodos > 0 && <ComeAlong count={guestTodos} />}
        <LoginForm mode={mode} onDone={() => leaveTo("/")} />
        <noscript>
          <p className="mt-4 text-sm text-muted">Logging in needs JavaScript.</p>
        </noscript>
      </div>
      <p className="mt-6 text-center text-[0.9375rem] text-muted">
        {other}{" "}
        <Link href={href} replace className="font-semibold text-accent underline-offset-4 hover:underline">
          {link}
        </Link>
      </p>
    </main>
  );
}

function ComeAlong({ count }: { count: number }) {
  return (
    <p className="mb-5 flex items-center gap-2.5 rounded-xl bg-accent-soft px-3.5 py-3 text-sm">
      <ListTodo aria-hidden="true" className="size-4.5 shrink-0 text-accent" />
      {count === 1 ? "Your todo comes along." : `Your ${count} todos come along.`}
    </p>
  );
}
