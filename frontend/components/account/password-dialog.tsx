"use client";

import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import type { OverlayProps } from "@/components/open-overlay";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { FormProblem } from "@/components/ui/form-problem";
import { notify } from "@/components/ui/toast";
import { changePassword } from "@/lib/api/accounts";
import { checkNewPassword, type FormProblems, refusedProblems } from "./credentials";
import { formValues } from "./form-values";
import { PasswordField } from "./password-field";
import { useFormProblems } from "./use-form-problems";
import { useMe } from "./use-me";

/** Changes the password. */
export default function PasswordDialog({ onClose }: OverlayProps) {
  return (
    <Dialog title="Change password" description="Every other device is logged out." onClose={onClose}>
      {(close) => <PasswordForm onDone={close} />}
    </Dialog>
  );
}

function PasswordForm({ onDone }: { onDone: () => void }) {
  const { email } = useMe();
  const { form, problems, setProblems } = useFormProblems();
  const change = useMutation({
    mutationFn: ({ current, next }: { current: string; next: string }) => changePassword(current, next),
    onSuccess() {
      notify({ title: "Your password is changed", description: "Other devices were logged out." });
      onDone();
    },
    onError: (error) => setProblems(refusedProblems(error, ["current_password", "new_password"])),
  });

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (change.isPending) return;
    const { current_password: current = "", new_password: next = "" } = formValues(event.currentTarget);
    const found: FormProblems = {};
    if (current === "") found.current_password = "Write your current password.";
    const wrong = checkNewPassword(next);
    if (wrong) found.new_password = wrong;
    setProblems(found);
    if (Object.keys(found).length === 0) change.mutate({ current, next });
  }

  return (
    <form ref={form} method="post" noValidate onSubmit={submit} className="grid gap-5">
      {/* Password managers learn from it whose password this is. */}
      <input type="text" name="email" autoComplete="username" value={email ?? ""} readOnly hidden />
      <PasswordField
        label="Current password"
        name="current_password"
        autoComplete="current-password"
        required
        problem={problems.current_password}
        onInput={() => setProblems({})}
      />
      <PasswordField
        label="New password"
        name="new_password"
        autoComplete="new-password"
        required
        hint="At least 8 characters; a few words are easy to remember."
        problem={problems.new_password}
        onInput={() => setProblems({})}
      />
      {problems.form && <FormProblem>{problems.form}</FormProblem>}
      <Button type="submit" aria-disabled={change.isPending} className="min-h-11 aria-disabled:opacity-60">
        {change.isPending ? "Changing…" : "Change password"}
      </Button>
    </form>
  );
}
