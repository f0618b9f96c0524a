"use client";

import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import type { OverlayProps } from "@/components/open-overlay";
import { Button, buttonClass } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { FormProblem } from "@/components/ui/form-problem";
import { deleteAccount } from "@/lib/api/accounts";
import { EXPORT_HREF } from "@/lib/export-href";
import { leaveTo } from "@/lib/leave-to";
import { refusedProblems } from "./credentials";
import { formValues } from "./form-values";
import { PasswordField } from "./password-field";
import { useFormProblems } from "./use-form-problems";

/** Deletes the account, once its password confirms that its owner asks for it. */
export default function DeleteAccountDialog({ onClose }: OverlayProps) {
  return (
    <Dialog
      title="Delete your account?"
      description="Your account, its todos and its conversations go at once and cannot be brought back."
      onClose={onClose}
    >
      {(close) => <DeleteForm onCancel={close} />}
    </Dialog>
  );
}

function DeleteForm({ onCancel }: { onCancel: () => void }) {
  const { form, problems, setProblems } = useFormProblems();
  const removal = useMutation({
    mutationFn: deleteAccount,
    onSuccess: () => leaveTo("/"),
    onError: (error) => setProblems(refusedProblems(error, ["password"])),
  });
  const busy = removal.isPending || removal.isSuccess;

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return;
    const { password = "" } = formValues(event.currentTarget);
    if (password === "") setProblems({ password: "Write your password to confirm." });
    else removal.mutate(password);
  }

  return (
    <form ref={form} method="post" noValidate onSubmit={submit} className="grid gap-5">
      <p className="text-sm text-muted">
        You can{" "}
        <a href={EXPORT_HREF} download className="font-medium text-ink underline underline-offset-4">
          download your todos
        </a>{" "}
        first.
      </p>
      <PasswordField
        label="Password"
        name="password"
        autoComplete="current-password"
        required
        problem={problems.password}
        onInput={() => setProblems({})}
      />
      {problems.form && <FormProblem>{problems.form}</FormProblem>}
      <div className="flex flex-wrap justify-end gap-2">
        <button type="button" onClick={onCancel} className={buttonClass("outline", "min-h-11")}>
          Keep it
        </button>
        <Button
          look="danger"
          type="submit"
          aria-disabled={busy}
          className="min-h-11 aria-disabled:opacity-60"
        >
          {busy ? "Deleting…" : "Delete account"}
        </Button>
      </div>
    </form>
  );
}
