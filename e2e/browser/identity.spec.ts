import { type Browser, expect, type Locator, type Page } from "@playwright/test";
import { Secret, TOTP } from "otpauth";
import { brokenRules } from "./axe.ts";
import { leeway, signIn, signInByForm, unique } from "./fixture.ts";
import { test } from "./journey.ts";

/** Returns the error message of the form; outside of it, Next announces pages with another alert. */
function problem(page: Page): Locator {
  return page.getByRole("main").getByRole("alert");
}

/** Opens a page in a separate browser context. */
async function anotherBrowser(browser: Browser): Promise<Page> {
  return (await browser.newContext({ baseURL: leeway.url })).newPage();
}

/** Creates an account in the settings. @returns the password that is shown once. */
async function addPerson(page: Page, name: string, email: string, role: string): Promise<string> {
  await signIn(page, "/settings/people");
  await page.getByRole("button", { name: "Create account…" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Email").fill(email);
  await page.getByRole("radio", { name: role }).check();
  await page.getByRole("button", { name: "Create account", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: `Account of ${name} created` });
  const password = ((await dialog.locator("pre").textContent()) ?? "").trim().split("\n").at(-1) ?? "";
  await dialog.getByRole("button", { name: "I have copied it" }).click();
  return password;
}

test("a user signs in and returns to the page; a wrong password does not reveal the reason", async ({ page }) => {
  await page.goto("/settings/tokens?after=");
  await expect(page).toHaveURL(/\/login\?callbackUrl=/);
  await expect(page.getByText("After signing in you will go to Settings, tokens.")).toBeVisible();
  expect(await brokenRules(page)).toEqual([]);
  await signInByForm(page, { email: leeway.email, password: "wrong" });
  await expect(problem(page)).toHaveText("Incorrect email or password.");
  await signInByForm(page, leeway);
  await expect(page).toHaveURL(/\/settings\/tokens/);
});

test("a user waits with a countdown after five attempts", async ({ page }) => {
  await page.goto("/login");
  const email = `${unique("nobody")}@example.test`;
  for (let tries = 0; tries < 5; tries++) {
    await signInByForm(page, { email: email, password: "wrong" });
    await expect(page.getByRole("button", { name: "Signing in…" })).toBeHidden();
  }
  await expect(problem(page)).toContainText("Too many attempts. Try again in");
  await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeDisabled();
});

test("a new user sets a password, has read access only, and is signed out once disabled", async ({ page, browser }) => {
  const name = unique("Ines");
  const email = `${name.toLowerCase()}@example.test`;
  const password = await addPerson(page, name, email, "viewer");
  const theirs = await anotherBrowser(browser);
  await theirs.goto("/login?callbackUrl=/settings/people");
  await signInByForm(theirs, { email, password });
  await expect(theirs).toHaveURL(/\/login\/password/);
  await theirs.goto("/settings/people");
  await expect(theirs).toHaveURL(/\/login\/password\?callbackUrl=%2Fsettings%2Fpeople/);
  await theirs.getByLabel("Current password").fill(password);
  await theirs.getByLabel("New password").fill("seven bells of the first watch");
  await theirs.getByRole("button", { name: "Change password" }).click();
  await expect(theirs).toHaveURL(/\/settings\/people/);
  await expect(theirs.getByText("Admins can manage people")).toBeVisible();
  await expect(theirs.getByRole("button", { name: "Invite person…" })).toBeHidden();
  // Changing the password has replaced the session of the sign-in.
  await theirs.goto("/settings/account");
  const sessions = theirs.getByRole("table", { name: "Sessions" });
  await expect(sessions.getByRole("row").filter({ hasText: "this session" })).toContainText("Chrome");
  await expect(sessions.getByRole("button", { name: "Revoke" })).toBeHidden();

  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Disable…" }).click();
  await page.getByRole("button", { name: "Left the company" }).click();
  await page.getByRole("button", { name: `Disable ${name}` }).click();
  await expect(page.getByText(`${name} was disabled.`)).toBeVisible();
  await theirs.goto("/audit");
  await expect(theirs).toHaveURL(/\/login/);
  await signInByForm(theirs, { email: email, password: "seven bells of the first watch" });
  await expect(problem(theirs)).toContainText("This account is disabled");
});

test("a user adds an authenticator app, which sign-in then asks for", async ({ page, browser }) => {
  const name = unique("Tomasz");
  const email = `${name.toLowerCase()}@example.test`;
  const initial = await addPerson(page, name, email, "viewer");
  const password = "seven bells of the first watch";
  const theirs = await anotherBrowser(browser);
  await theirs.goto("/login?callbackUrl=/settings/account");
  await signInByForm(theirs, { email, password: initial });
  await theirs.getByLabel("Current password").fill(initial);
  await theirs.getByLabel("New password").fill(password);
  await theirs.getByRole("button", { name: "Change password" }).click();
  await expect(theirs).toHaveURL(/\/settings\/account/);

  const panel = theirs
    .locator("section")
    .filter({ has: theirs.getByRole("heading", { name: "Authenticator app", exact: true }) });
  await panel.getByLabel("Current password").fill(password);
  await panel.getByRole("button", { name: "Set up authenticator app" }).click();
  await expect(panel.getByRole("img", { name: "QR code for your authenticator app" })).toBeVisible();
  const key = ((await panel.locator("code").textContent()) ?? "").replaceAll(" ", "");
  await panel.getByLabel("Code", { exact: true }).fill("000000");
  await panel.getByRole("button", { name: "Turn on" }).click();
  await expect(panel.getByText("This code is incorrect.").first()).toBeVisible();
  await panel.getByLabel("Code", { exact: true }).fill(new TOTP({ secret: Secret.fromBase32(key) }).generate());
  await panel.getByRole("button", { name: "Turn on" }).click();
  const dialog = theirs.getByRole("dialog", { name: "Recovery codes" });
  const [recovery = ""] = ((await dialog.locator("pre").textContent()) ?? "").trim().split("\n");
  await dialog.getByRole("button", { name: "I have saved them" }).click();
  await expect(panel).toContainText("10 recovery codes are left");

  const elsewhere = await anotherBrowser(browser);
  await elsewhere.goto("/login");
  await signInByForm(elsewhere, { email, password });
  await elsewhere.getByLabel("Code", { exact: true }).fill("000000");
  await elsewhere.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(problem(elsewhere)).toHaveText("This code is incorrect or was used before. Enter a new one.");
  await elsewhere.getByLabel("Code", { exact: true }).fill(recovery);
  await elsewhere.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(elsewhere).toHaveURL(/\/overview/);
});

test("an admin invites a person, who creates an account by the link and joins", async ({ page, browser }) => {
  const email = `${unique("carla")}@example.test`.toLowerCase();
  await signIn(page, "/settings/people");
  await page.getByRole("button", { name: "Invite person…" }).click();
  await page.getByLabel("Email").fill(email);
  await page.getByRole("radio", { name: "viewer" }).check();
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: `Invitation for ${email}` });
  const link = ((await dialog.locator("pre").textContent()) ?? "").trim();
  await dialog.getByRole("button", { name: "I have copied it" }).click();
  await expect(page.getByRole("table", { name: "Open invitations" })).toContainText(email);

  const path = new URL(link).pathname;
  const theirs = await anotherBrowser(browser);
  await theirs.goto(path);
  await expect(theirs.getByText("with the viewer role")).toBeVisible();
  expect(await brokenRules(theirs)).toEqual([]);
  await theirs.getByRole("textbox", { name: "Name" }).fill("Carla");
  await theirs.getByLabel("New password").fill("password-2026");
  await theirs.getByRole("button", { name: "Create account and accept" }).click();
  await expect(problem(theirs)).toContainText("This password is too common");
  await theirs.getByLabel("New password").fill("seven bells of the first watch");
  await theirs.getByRole("button", { name: "Create account and accept" }).click();
  await expect(theirs).toHaveURL(/\/overview/);
  await theirs.goto(path);
  await expect(theirs.getByRole("heading", { name: "This invitation is not valid" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("table", { name: "People" })).toContainText(email);
});

test("a user creates a token that is shown once, works within its scopes, and is rejected after revocation", async ({
  page,
  request,
}) => {
  await signIn(page, "/settings/tokens");
  const name = unique("ci");
  await page.getByRole("button", { name: "Create token…" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Create token", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: `Token ${name} created` });
  await expect(dialog.locator("pre")).toContainText("export MLFLOW_TRACKING_URI=");
  const secret = /lw_[0-9a-f]{40}/.exec((await dialog.locator("pre").textContent()) ?? "")?.[0] ?? "";
  await dialog.getByRole("button", { name: "I have copied it" }).click();
  await expect(page.locator("body")).not.toContainText(secret);

  const send = (path: string) => request.get(path, { headers: { authorization: `Bearer ${secret}` } });
  expect((await (await send("/api/v1/viewer")).json()).scopes).toEqual(["read", "tracking", "registry"]);
  expect((await send("/api/v1/users")).status()).toBe(403);

  const row = page.getByRole("row").filter({ hasText: name });
  await row.getByRole("button", { name: "Revoke…" }).click();
  await page.getByRole("button", { name: "Leaked" }).click();
  await page.getByRole("button", { name: "Revoke", exact: true }).click();
  await expect(row.getByText("Revoked", { exact: true })).toBeVisible();
  await expect.poll(async () => (await send("/api/v1/viewer")).status()).toBe(401);
});

test("a user filters the audit log, sees a change before and after, and exports it", async ({ page }) => {
  const name = unique("Nadia");
  const email = `${name.toLowerCase()}@example.test`;
  await addPerson(page, name, email, "member");
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Change role…" }).click();
  await page.getByRole("radio", { name: "operator" }).check();
  await page.getByRole("button", { name: "Change to operator" }).click();
  await expect(page.getByText(`${name} is now operator.`)).toBeVisible();

  await page.goto("/audit");
  await page.getByLabel("Filter the audit log").fill(`subject ~ ${email} and action = user.role-changed`);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/q=subject/);
  await page.getByRole("row").nth(1).getByRole("link").click();
  await expect(page.getByRole("table", { name: "Before and after" }).getByRole("row", { name: /role/ })).toHaveText(
    /role\s*member\s*operator/,
  );
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export as CSV" }).click();
  expect((await download).suggestedFilename()).toBe("audit-log.csv");
});
