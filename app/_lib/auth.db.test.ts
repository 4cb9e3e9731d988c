import { eq } from "drizzle-orm";
import { decode } from "next-auth/jwt";
import Provider from "oidc-provider";
import { beforeEach, expect, test, vi } from "vitest";
import { acceptDestination, acceptedCookie, linkDestination } from "#components/platform/identity/destination.ts";
import { knownBrowsers, memberships, secondFactors, sessions, users } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import { bootstrap } from "#server/admin/workspaces/bootstrap.ts";
import { configureLog } from "#server/base/log.ts";
import { createInvitation } from "#server/platform/identity/invitations/create-invitation.ts";
import { newTotpSecret, totpCode } from "#server/platform/identity/second-factor/totp.ts";
import { contextOfSession } from "#server/platform/identity/sign-in/session.ts";
import { encryptSecret } from "#server/platform/secrets/encrypt-secret.ts";
import { listen, listenForSignIn, Visitor } from "./auth-testing.ts";

configureLog({ role: "test", level: "silent" });

// The provider warns that its keys and its in-memory store are for development, which is the case here.
beforeEach(() => {
  for (const method of ["info", "warn"] as const) vi.spyOn(console, method).mockImplementation(() => {});
});

const sessionSecret = "a secret of thirty-two characters";
const adminPassword = "brought by the tide";
const sessionCookie = "next-auth.session-token";

/** People of the company; their login name is their subject. */
const people: Record<string, object> = {
  ines: { email: "Ines@company.test", email_verified: true, name: "Ines Duarte" },
  admin: { email: "admin@leeway.local", email_verified: true, name: "Somebody" },
  mallory: { email: "admin@leeway.local", email_verified: false, name: "Mallory" },
};

/** Starts a real OpenID Connect provider that has Leeway registered at `redirectBase`. */
async function companyProvider(redirectBase: () => string): Promise<string> {
  return listen((issuer) => {
    let callback: ReturnType<Provider["callback"]> | undefined;
    return (request, response) => {
      callback ??= new Provider(issuer, {
        clients: [
          {
            client_id: "leeway",
            client_secret: "a client secret",
            redirect_uris: [`${redirectBase()}/api/auth/callback/oidc`],
          },
        ],
        claims: { email: ["email", "email_verified"], profile: ["name"] },
        findAccount: (_ctx, sub) => ({ accountId: sub, claims: async () => ({ sub, ...people[sub] }) }),
        cookies: { keys: ["a key of the provider's cookies"] },
        pkce: { required: () => true },
      }).callback();
      return callback(request, response);
    };
  });
}

/** Starts Leeway's sign-in on a new database, with company sign-in through its own provider. */
async function leeway(env: Record<string, string> = {}) {
  const { db } = await freshDatabase();
  await bootstrap(db, { adminEmail: "admin@leeway.local", adminPassword });
  let base = "";
  const issuer = await companyProvider(() => base);
  const oidc = { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: "leeway", OIDC_CLIENT_SECRET: "a client secret" };
  base = await listenForSignIn((address) => ({
    db,
    sessionSecret,
    config: readConfig({ PUBLIC_URL: address, ...oidc, ...env }),
  }));
  return { db, base, visitor: new Visitor() };
}

type Installation = Awaited<ReturnType<typeof leeway>>;

async function csrfToken({ base, visitor }: Installation): Promise<string> {
  return JSON.parse((await visitor.visit(`${base}/api/auth/csrf`)).text).csrfToken;
}

/** Walks through sign-in at the provider. @returns where Leeway sends the person in the end. */
async function companySignIn(installation: Installation, login: string, destination = "/models"): Promise<string> {
  const { base, visitor } = installation;
  const form = { csrfToken: await csrfToken(installation), callbackUrl: `${base}${destination}` };
  let { location } = await visitor.visit(`${base}/api/auth/signin/oidc`, form);
  for (let step = 0; step < 10; step++) {
    const page = await visitor.visit(location);
    if (page.status === 200) {
      const prompt = page.text.includes('name="prompt" value="login"') ? "login" : "consent";
      location = (await visitor.visit(location, { prompt, login, password: "any" })).location;
    } else {
      location = page.location;
      if (location.startsWith(base) && !location.includes("/api/auth/callback")) return location;
    }
  }
  throw new Error(`Sign-in went in circles at ${location}`);
}

async function passwordSignIn(
  installation: Installation,
  email: string,
  password: string,
  more: Record<string, string> = {},
): Promise<string | null> {
  const { base, visitor } = installation;
  const form = { csrfToken: await csrfToken(installation), email, password, json: "true", ...more };
  const { text } = await visitor.visit(`${base}/api/auth/callback/credentials`, form);
  return new URL(JSON.parse(text).url).searchParams.get("error");
}

async function sessionOf({ base, visitor, db }: Installation) {
  const claims = await decode({ token: visitor.cookie(base, sessionCookie), secret: sessionSecret });
  return (await contextOfSession(db, claims)).actor;
}

test("signs a new user in through a real provider and returns to the requested page", async () => {
  const installation = await leeway({ OIDC_DEFAULT_ROLE: "member" });
  expect(await companySignIn(installation, "ines")).toBe(`${installation.base}/models`);
  expect(await sessionOf(installation)).toMatchObject({ name: "Ines Duarte", role: "member" });
  expect(await installation.db.select().from(sessions)).toMatchObject([{ method: "oidc", address: "192.0.2.1" }]);
  const rows = await installation.db.select().from(users);
  expect(rows.map((user) => user.email).sort()).toEqual(["admin@leeway.local", "ines@company.test"]);
});

test("does not sign in to an existing account by its verified email", async () => {
  const installation = await leeway({ OIDC_DEFAULT_ROLE: "member" });
  expect(await companySignIn(installation, "admin")).toBe(`${installation.base}/login?error=company-conflict`);
  expect(installation.visitor.cookie(installation.base, sessionCookie)).toBeUndefined();
  expect((await installation.db.select().from(users)).map((user) => user.oidcSubject)).toEqual([null]);
});

test("links the company account inside the session only, and then signs in by it", async () => {
  const installation = await leeway();
  const { base, db } = installation;
  expect(await companySignIn(installation, "ines", linkDestination)).toBe(`${base}/login?error=company-not-found`);
  installation.visitor = new Visitor();
  await passwordSignIn(installation, "admin@leeway.local", adminPassword);
  const session = installation.visitor.cookie(base, sessionCookie);
  expect(await companySignIn(installation, "ines", linkDestination)).toBe(`${base}/settings/account`);
  expect(installation.visitor.cookie(base, sessionCookie)).toBe(session);
  expect(await db.select().from(users)).toMatchObject([{ oidcSubject: expect.stringMatching(/#ines$/) }]);
  installation.visitor = new Visitor();
  expect(await companySignIn(installation, "ines")).toBe(`${base}/models`);
  expect(await sessionOf(installation)).toMatchObject({ name: "Admin", role: "admin" });
  // Another subject with the account's own verified email.
  installation.visitor = new Visitor();
  expect(await companySignIn(installation, "admin")).toBe(`${base}/login?error=company-conflict`);
});

/** Invites by mail. @returns the secret in the mail */
async function invite({ db }: Installation, email: string): Promise<string> {
  const [admin] = await db
    .select({ id: users.id, workspaceId: memberships.workspaceId })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId));
  if (!admin) throw new Error("There is no admin.");
  const actor = { kind: "user" as const, name: "Admin", role: "admin" as const, ...admin };
  const paths: string[] = [];
  const send = async ({ path }: { path: string }) => {
    paths.push(path);
    return { error: null };
  };
  await createInvitation({ db, actor }, { email, role: "operator" }, { publicUrl: "http://localhost:3000", send });
  return paths[0]?.split("/").at(-1) ?? "";
}

test("accepts an invitation by company sign-in from its page only", async () => {
  const installation = await leeway();
  const { base } = installation;
  const secret = await invite(installation, "ines@company.test");
  expect(await companySignIn(installation, "ines", `/invitations/${secret}`)).toBe(
    `${base}/login?error=company-not-found`,
  );
  installation.visitor = new Visitor();
  expect(await companySignIn(installation, "ines", acceptDestination(secret))).toBe(
    `${base}/login?error=company-not-found`,
  );
  installation.visitor = new Visitor();
  installation.visitor.setCookie(base, acceptedCookie, secret);
  expect(await companySignIn(installation, "admin", acceptDestination(secret))).toBe(
    `${base}/invitations/${secret}?error=company-conflict`,
  );
  installation.visitor = new Visitor();
  installation.visitor.setCookie(base, acceptedCookie, secret);
  expect(await companySignIn(installation, "ines", acceptDestination(secret))).toBe(
    `${base}${acceptDestination(secret)}`,
  );
  expect(await sessionOf(installation)).toMatchObject({ name: "Ines Duarte", role: "operator" });
});

test("accepts an invitation with a name and a strong password", async () => {
  const installation = await leeway();
  const invitation = await invite(installation, "cfo@company.test");
  const accept = (password: string) => passwordSignIn(installation, "", password, { invitation, name: "Carla" });
  expect(await accept("password-2026")).toBe("password:common");
  expect(await accept("starboard lanterns at dusk")).toBeNull();
  expect(await sessionOf(installation)).toMatchObject({ name: "Carla", role: "operator" });
  expect(await accept("starboard lanterns at dusk")).toBe("not-found");
});

test("remembers a browser that has signed in, which failures elsewhere do not delay", async () => {
  const installation = await leeway();
  const { base, db } = installation;
  const fail = (visitor: Visitor) => passwordSignIn({ ...installation, visitor }, "admin@leeway.local", "wrong");
  expect(await passwordSignIn(installation, "admin@leeway.local", adminPassword)).toBeNull();
  expect(installation.visitor.cookie(base, "leeway-browser")).toMatch(/^[0-9a-f]{40}$/);
  expect(await db.$count(knownBrowsers)).toBe(1);
  const outsider = new Visitor();
  for (let tries = 0; tries < 4; tries++) await fail(outsider);
  expect(await fail(outsider)).toBe("rate-limited:30");
  expect(await passwordSignIn(installation, "admin@leeway.local", adminPassword)).toBeNull();
});

test("rejects an unverified email", async () => {
  const installation = await leeway({ OIDC_DEFAULT_ROLE: "member" });
  expect(await companySignIn(installation, "mallory")).toBe(`${installation.base}/login?error=company-invalid`);
  expect(installation.visitor.cookie(installation.base, sessionCookie)).toBeUndefined();
});

test("rejects an unknown user without a default role", async () => {
  const installation = await leeway();
  expect(await companySignIn(installation, "ines")).toBe(`${installation.base}/login?error=company-not-found`);
});

test("creates a session from email and password, whose cookie holds only its secret", async () => {
  const installation = await leeway();
  expect(await passwordSignIn(installation, "Admin@leeway.local", adminPassword)).toBeNull();
  expect(await sessionOf(installation)).toMatchObject({ kind: "user", name: "Admin", role: "admin" });
  const token = installation.visitor.cookie(installation.base, sessionCookie);
  const claims = await decode({ token, secret: sessionSecret });
  expect(Object.keys(claims ?? {}).sort()).toEqual(["exp", "iat", "jti", "session"]);
  const [row] = await installation.db.select().from(sessions);
  expect(row).toMatchObject({ method: "password", address: "192.0.2.1", userAgent: expect.stringContaining("node") });
  expect(JSON.stringify(row)).not.toContain(claims?.session);
});

test("revokes the session at sign-out, so that a copy of the cookie ends too", async () => {
  const installation = await leeway();
  const { base, visitor, db } = installation;
  await passwordSignIn(installation, "admin@leeway.local", adminPassword);
  const copy = await decode({ token: visitor.cookie(base, sessionCookie), secret: sessionSecret });
  expect((await contextOfSession(db, copy)).actor.name).toBe("Admin");
  await visitor.visit(`${base}/api/auth/signout`, { csrfToken: await csrfToken(installation), json: "true" });
  expect(visitor.cookie(base, sessionCookie)).toBe("");
  await expect(contextOfSession(db, copy)).rejects.toMatchObject({ code: "unauthenticated" });
  expect(await db.select().from(sessions)).toMatchObject([{ revokedReason: "signed-out" }]);
});

test("returns a code without a reason for wrong passwords, then a wait", async () => {
  const installation = await leeway();
  for (let tries = 0; tries < 4; tries++) {
    expect(await passwordSignIn(installation, "admin@leeway.local", "wrong")).toBe("unauthenticated");
  }
  expect(await passwordSignIn(installation, "admin@leeway.local", "wrong")).toBe("rate-limited:30");
  expect(installation.visitor.cookie(installation.base, sessionCookie)).toBeUndefined();
});

test("asks a person with an authenticator app for a code, and creates no session without one", async () => {
  const installation = await leeway();
  const { db, base, visitor } = installation;
  const email = "admin@leeway.local";
  const [user] = await db.select().from(users).where(eq(users.email, email));
  const userId = user?.id as string;
  const secret = newTotpSecret();
  const stored = await encryptSecret(db, "second_factors.secret", userId, secret);
  await db.insert(secondFactors).values({ userId, secret: stored, confirmedAt: new Date() });
  expect(await passwordSignIn(installation, email, "wrong", { code: totpCode(secret, new Date()) })).toBe(
    "unauthenticated",
  );
  expect(await passwordSignIn(installation, email, adminPassword)).toBe("code");
  expect(await passwordSignIn(installation, email, adminPassword, { code: "000000" })).toBe("code");
  expect(visitor.cookie(base, sessionCookie)).toBeUndefined();
  expect(await passwordSignIn(installation, email, adminPassword, { code: totpCode(secret, new Date()) })).toBeNull();
  expect(await sessionOf(installation)).toMatchObject({ name: "Admin" });
});

test("rejects a sign-in from another site without the CSRF token", async () => {
  const { base, visitor } = await leeway();
  await visitor.visit(`${base}/api/auth/callback/credentials`, {
    email: "admin@leeway.local",
    password: adminPassword,
  });
  expect(visitor.cookie(base, sessionCookie)).toBeUndefined();
});
