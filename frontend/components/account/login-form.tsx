"use client";

import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { FormProblem } from "@/components/ui/form-problem";
import { TextField } from "@/components/ui/text-field";
import { useHydrated } from "@/components/ui/use-hydrated";
import { type Credentials, login, type Me, register } from "@/lib/api/accounts";
import { ApiError } from "@/lib/api/problem";
import { waitingTime } from "@/lib/waiting-time";
import { checkCredentials, type LoginMode, refusedProblems } from "./credentials";
import { formValues } from "./form-values";
import { PasswordField } from "./password-field";
import { useFormProblems } from "./use-form-problems";
import { useWait } from "./use-wait";

type LoginFormProps = {
  mode: LoginMode;
  /** Called when the visitor is logged in. */
  onDone: (me: Me) => void;
};

const submitLabels: Record<LoginMode, [still: string, working: string]> = {
  login: ["Log in", "Logging in…"],
  register: ["Create account", "Creating your account…"],
};

/** E-mail and password, to log in or to register with. What is wrong is said at its field. */
export function LoginForm({ mode, onDone }: LoginFormProps) {
  const hydrated = useHydrated();
  const { form, problems, setProblems } = useFormProblems();
  const [wait, startWait] = useWait();
  const enter = useMutation({
    mutationFn: (credentials: Credentials) => (mode === "login" ? login(credentials) : register(credentials)),
    onSuccess: (me) => onDone(me),
    onError(error) {
      if (error instanceof ApiError && error.is("too-many-attempts")) startWait(error.retryAfter ?? 60);
      else setProblems(refusedProblems(error, ["email", "password"]));
    },
  });
  // The page is left after success, so the form stays as it is until then.
  const busy = enter.isPending || enter.isSuccess;

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy || wait > 0) return;
    const { email = "", password = "" } = formValues(event.currentTarget);
    const credentials = { email: email.trim(), password };
    const found = checkCredentials(credentials, mode);
    setProblems(found);
    if (Object.keys(found).length === 0) enter.mutate(credentials);
  }

  const [still, working] = submitLabels[mode];
  return (
    // Were it ever sent without scripts, a password must not end up in an address: hence POST.
    <form ref={form} method="post" noValidate onSubmit={submit} className="grid gap-5">
      <TextField
        label="E-mail"
        name="email"
        type="email"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={254}
        problem={problems.email}
        // The limit is one e-mail's; with another one it is worth a try.
        onInput={() => {
          startWait(0);
          setProblems({});
        }}
      />
      <PasswordField
        label="Password"
        name="password"
        autoComplete={mode === "login" ? "current-password" : "new-password"}
        required
        problem={problems.password}
        hint={mode === "register" ? "At least 8 characters; a few words are easy to remember." : undefined}
        onInput={() => setProblems({})}
      />
      {problems.form && <FormProblem>{problems.form}</FormProblem>}
      {wait > 0 && (
        <FormProblem>
          There were too many wrong passwords for this e-mail. You can try again{" "}
          {/* Not read out again with every second. */}
          <span aria-hidden="true" className="tabular-nums">
            in {waitingTime(wait)}
          </span>
          <span className="sr-only">later</span>.
        </FormProblem>
      )}
      <Button
        type="submit"
        disabled={!hydrated}
        aria-disabled={busy || wait > 0}
        className="min-h-12 text-base aria-disabled:opacity-60"
      >
        {busy ? working : still}
      </Button>
    </form>
  );
}
