import { ready } from "./browser.mjs";

// The database is the deployment's own, so every run has its own people.
export const EMAIL = `ada-${process.pid}-${Date.now()}@example.org`;
export const PASSWORD = "correct horse battery";

/** Fills in the login form, wherever it is shown, and sends it, as soon as there is a script to take it. */
export async function enter(page, email, password) {
  await page.locator("form[method=post] button[type=submit]:enabled").waitFor();
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByLabel("Password", { exact: true }).press("Enter");
}

export async function isHome(page) {
  await page.waitForURL((url) => url.pathname === "/");
  await ready(page);
}
