import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Providers } from "@/app/providers";
import type { LoginMode } from "@/components/account/credentials";
import { LoginPage } from "@/components/account/login-page";
import { Unavailable } from "@/components/todos/unavailable";
import { fetchVisitor } from "@/lib/api/server";

const titles: Record<LoginMode, string> = { login: "Log in", register: "Create an account" };

export async function generateMetadata(props: PageProps<"/login">): Promise<Metadata> {
  return { title: titles[await readMode(props)] };
}

/** Log in and register; `?mode=register` tells which. Who has an account already is sent to the list. */
export default async function Page(props: PageProps<"/login">) {
  const mode = await readMode(props);
  const visitor = await fetchVisitor({}).catch(() => null);
  if (!visitor) return <Unavailable />;
  if (!visitor.me.guest) redirect("/");
  return (
    <Providers>
      <LoginPage mode={mode} guestTodos={visitor.todos.counts.total} />
    </Providers>
  );
}

async function readMode({ searchParams }: PageProps<"/login">): Promise<LoginMode> {
  const { mode } = await searchParams;
  return mode === "register" ? "register" : "login";
}
