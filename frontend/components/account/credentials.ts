import { type Credentials, MAX_PASSWORD, MIN_PASSWORD } from "@/lib/api/accounts";
import { ApiError, explain, fieldErrors } from "@/lib/api/problem";

/** What a login form is for; the address tells it. */
export type LoginMode = "login" | "register";

/** What is wrong, by field; `form` is about the whole. */
export type FormProblems = Partial<Record<string, string>>;

/** What can be said about an e-mail and a password before they are sent. */
export function checkCredentials({ email, password }: Credentials, mode: LoginMode): FormProblems {
  const problems: FormProblems = {};
  if (!/^\S+@\S+$/.test(email)) problems.email = "Write your e-mail address, such as ada@example.org.";
  if (mode === "register") problems.password = checkNewPassword(password);
  else if (password === "") problems.password = "Write your password.";
  return withoutBlanks(problems);
}

/** What is wrong with a password that somebody wants to have from now on, or nothing. */
export function checkNewPassword(password: string): string | undefined {
  // The backend counts code points, so an emoji is one character here too.
  const length = [...password].length;
  if (length < MIN_PASSWORD) return `A password has at least ${MIN_PASSWORD} characters.`;
  if (length > MAX_PASSWORD)
    return `A password has at most ${MAX_PASSWORD} characters; this one has ${length}.`;
}

/** What the server said about the fields, and otherwise what went wrong as a whole. */
export function refusedProblems(error: unknown, fields: readonly string[]): FormProblems {
  const said = fieldErrors(error);
  const known = Object.fromEntries(
    fields.filter((field) => said[field]).map((field) => [field, said[field]]),
  );
  if (Object.keys(known).length > 0) return known;
  if (error instanceof ApiError && error.is("email-taken")) {
    return { email: "This e-mail has an account already." };
  }
  if (error instanceof ApiError && error.is("wrong-credentials")) {
    return { form: "E-mail and password do not belong together. Check both and try again." };
  }
  return { form: explain(error) };
}

function withoutBlanks(problems: FormProblems): FormProblems {
  return Object.fromEntries(Object.entries(problems).filter(([, text]) => text));
}
