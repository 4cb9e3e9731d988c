import { eq } from "drizzle-orm";
import { decode } from "next-auth/jwt";
import Provider from "oidc-provider";
import { beforeEach, expect, test, vi } from "vitest";
import { secondFactors, users } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import { bootstrap } from "#server/admin/workspaces/bootstrap.ts";
import { configureLog } from "#server/base/log.ts";
import { newTotpSecret, totpCode } from "#server/platform/identity/second-factor/totp.ts";
import { contextOfSession } from "#server/platform/identity/sign-in/session.ts";
import { listen, listenForSignIn, Visitor } from "./auth-testing.ts";

configureLog({ role: "test", level: "silent" });

// The provider warns that its keys and its in-memory store are for development, which is the case here.
beforeEach(() => {
  for (const method of ["info", "warn"] as const) vi.spyOn(console, method).mockImplementation(() => {});
});

const sessionSecret = "a secret of thirty-two characters";
const adminPassword = "a long password";
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
async function companySignIn(installation: Installation, login: string): Promise<string> {
  const { base, visitor } = installation;
  const form = { csrfToken: await csrfToken(installation), callbackUrl: `${base}/models` };
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
  code?: string,
): Promise<string | null> {
  const { base, visitor } = installation;
  const form = { csrfToken: await csrfToken(installation), email, password, json: "true", ...(code && { code }) };
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
  const rows = await installation.db.select().from(users);
  expect(rows.map((user) => user.email).sort()).toEqual(["admin@leeway.local", "ines@company.test"]);
});

test("signs a user with a known verified email in to the existing account", async () => {
  const installation = await leeway();
  expect(await companySignIn(installation, "admin")).toBe(`${installation.base}/models`);
  expect(await sessionOf(installation)).toMatchObject({ name: "Admin", role: "admin" });
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

test("creates a session that holds only user, sign-in time and version from email and password", async () => {
  const installation = await leeway();
  expect(await passwordSignIn(installation, "Admin@leeway.local", adminPassword)).toBeNull();
  expect(await sessionOf(installation)).toMatchObject({ kind: "user", name: "Admin", role: "admin" });
  const token = installation.visitor.cookie(installation.base, sessionCookie);
  const claims = await decode({ token, secret: sessionSecret });
  expect(Object.keys(claims ?? {}).sort()).toEqual(["exp", "iat", "jti", "sessionVersion", "signedInAt", "sub"]);
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
  const secret = newTotpSecret();
  await db.insert(secondFactors).values({ userId: user?.id as string, secret, confirmedAt: new Date() });
  expect(await passwordSignIn(installation, email, "wrong", totpCode(secret, new Date()))).toBe("unauthenticated");
  expect(await passwordSignIn(installation, email, adminPassword)).toBe("code");
  expect(await passwordSignIn(installation, email, adminPassword, "000000")).toBe("code");
  expect(visitor.cookie(base, sessionCookie)).toBeUndefined();
  expect(await passwordSignIn(installation, email, adminPassword, totpCode(secret, new Date()))).toBeNull();
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
