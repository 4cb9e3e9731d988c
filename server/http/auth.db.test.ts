import { eq } from "drizzle-orm";
import Fastify from "fastify";
import { encode } from "next-auth/jwt";
import { expect, test } from "vitest";
import type { Database } from "#db/client.ts";
import { memberships, sessions, signInAttempts, users, workspaces } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { getViewer } from "#server/platform/identity/queries.ts";
import { createSession } from "#server/platform/identity/sessions/create-session.ts";
import type { SessionClaims } from "#server/platform/identity/sign-in/session.ts";
import { createToken } from "#server/platform/identity/tokens/create-token.ts";
import { createUser } from "#server/platform/identity/users/create-user.ts";
import { resetPassword } from "#server/platform/identity/users/reset-password.ts";
import { listOwnWorkspaces } from "#server/platform/identity/workspaces/queries.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { authenticateRequest } from "./auth.ts";
import { withoutWorkspace } from "./workspace-address.ts";

const secret = "a secret of thirty-two characters";

/** Sends a request to a server that responds with the caller, or with the code of the rejection. */
async function call(
  db: Database,
  headers: Record<string, string>,
  options: { method?: "POST"; publicUrl?: string; url?: string } = {},
) {
  const app = Fastify({ rewriteUrl: ({ url = "" }) => withoutWorkspace(url) });
  const config = { publicUrl: options.publicUrl ?? "http://localhost:3000" };
  app.all("/*", async (request) => {
    const deps = { db, config, sessionSecret: secret };
    const response = await authenticateRequest(request, deps).catch((error) => ({ actor: { refused: error.code } }));
    return response.actor;
  });
  return (await app.inject({ url: options.url ?? "/", method: options.method ?? "GET", headers })).json();
}

const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
});

async function member(ctx: Context) {
  const { user, password = "" } = await createUser(ctx, { email: "m@example.test", name: "Mina", role: "member" });
  return { user, password };
}

/** Creates a session. @returns the claims of its cookie */
async function signIn(ctx: Context, userId: string, method: "password" | "oidc" = "password"): Promise<SessionClaims> {
  const browser = { method, address: "192.0.2.7", userAgent: "a browser" };
  return { session: await createSession(ctx.db, { userId, sessionVersion: 1, ...browser }) };
}

async function session(claims: object, name = "next-auth.session-token") {
  return { cookie: `other=1; ${name}=${await encode({ token: { ...claims }, secret })}` };
}

test(
  "accepts a token as Bearer, as Token, and as the password of any user name",
  inWorkspace(async (ctx) => {
    const { token, secret } = await createToken(ctx, { name: "CI", scopes: ["read"] });
    const expected = { kind: "token", id: token.id, role: "admin", scopes: ["read"], address: "127.0.0.1" };
    expect(await call(ctx.db, { authorization: `Bearer ${secret}` })).toMatchObject(expected);
    expect(await call(ctx.db, { authorization: `bearer  ${secret}` })).toMatchObject(expected);
    expect(await call(ctx.db, { authorization: `Token ${secret}` })).toMatchObject(expected);
    expect(await call(ctx.db, basic("anybody", secret))).toMatchObject(expected);
  }),
);

test(
  "accepts email and password, and runs the slow check once for repeated requests",
  inWorkspace(async (ctx) => {
    const { user, password } = await member(ctx);
    const headers = basic("M@example.test", password);
    expect(await call(ctx.db, headers)).toMatchObject({ kind: "user", id: user.id, role: "member" });
    expect(await call(ctx.db, headers)).toMatchObject({ id: user.id });
    expect(await call(Object.create(ctx.db), headers)).toMatchObject({ id: user.id });
    expect(await ctx.db.$count(signInAttempts, eq(signInAttempts.email, user.email))).toBe(1);
  }),
);

test(
  "rejects an old password after a change, and counts a wrong one as a failed sign-in",
  inWorkspace(async (ctx) => {
    const { user, password } = await member(ctx);
    await call(ctx.db, basic(user.email, password));
    await resetPassword(ctx, { userId: user.id });
    expect(await call(Object.create(ctx.db), basic(user.email, password))).toEqual({ refused: "unauthenticated" });
    for (let tries = 0; tries < 4; tries++) await call(ctx.db, basic(user.email, "wrong"));
    expect(await call(ctx.db, basic(user.email, "wrong"))).toEqual({ refused: "rate-limited" });
  }),
);

test(
  "rejects a disabled user with the correct password",
  inWorkspace(async (ctx) => {
    const { user, password } = await member(ctx);
    await ctx.db.update(memberships).set({ disabledAt: new Date() }).where(eq(memberships.userId, user.id));
    expect(await call(ctx.db, basic(user.email, password))).toEqual({ refused: "forbidden" });
  }),
);

test(
  "allows a session cookie to read as its user, but not to write",
  inWorkspace(async (ctx) => {
    const { user } = await member(ctx);
    const headers = await session(await signIn(ctx, user.id));
    expect(await call(ctx.db, headers)).toMatchObject({ kind: "user", id: user.id, name: "Mina", role: "member" });
    expect(await call(ctx.db, headers, { method: "POST" })).toEqual({ refused: "unauthenticated" });
  }),
);

test(
  "accepts only the secure cookie behind TLS",
  inWorkspace(async (ctx) => {
    const { user } = await member(ctx);
    const claims = await signIn(ctx, user.id);
    const secure = { publicUrl: "https://leeway.example.org" };
    expect(await call(ctx.db, await session(claims), secure)).toEqual({ refused: "unauthenticated" });
    expect(await call(ctx.db, await session(claims, "__Secure-next-auth.session-token"), secure)).toMatchObject({
      id: user.id,
    });
  }),
);

test(
  "ends a session after 12 h, when it is revoked or its person disabled, and rejects an altered cookie",
  inWorkspace(async (ctx) => {
    const { user } = await member(ctx);
    const headers = await session(await signIn(ctx, user.id));
    const refused = { refused: "unauthenticated" };
    expect(await call(ctx.db, { cookie: headers.cookie.slice(0, -2) })).toEqual(refused);
    const [row] = await ctx.db.select().from(sessions);
    expect(Number(row?.expiresAt) - Number(row?.createdAt)).toBe(12 * hourMs);
    await ctx.db.update(sessions).set({ expiresAt: new Date(Date.now() - hourMs) });
    expect(await call(ctx.db, headers)).toEqual(refused);
    await ctx.db.update(sessions).set({ expiresAt: new Date(Date.now() + hourMs), revokedAt: new Date() });
    expect(await call(ctx.db, headers)).toEqual(refused);
    await ctx.db.update(sessions).set({ revokedAt: null });
    expect(await call(ctx.db, headers)).toMatchObject({ id: user.id });
    await ctx.db.update(memberships).set({ disabledAt: new Date() }).where(eq(memberships.userId, user.id));
    expect(await call(ctx.db, headers)).toEqual(refused);
  }),
);

test(
  "rejects a cookie forged with the secret of next-auth and a dump of the database, and cookies of the version before",
  inWorkspace(async (ctx) => {
    const { user } = await member(ctx);
    await signIn(ctx, user.id);
    const [row] = await ctx.db.select().from(sessions);
    const [person] = await ctx.db.select().from(users).where(eq(users.id, user.id));
    const signedInAt = Math.floor(Date.now() / 1000);
    const forged = [
      { session: row?.hash },
      { session: row?.id },
      { session: row?.hash.slice(0, 43) },
      { session: Buffer.from(row?.hash ?? "", "hex").toString("base64url") },
      { sub: user.id, sessionVersion: person?.sessionVersion, signedInAt },
    ];
    for (const claims of forged) {
      expect(await call(ctx.db, await session(claims))).toEqual({ refused: "unauthenticated" });
    }
  }),
);

test(
  "allows someone with an initial password only to see who they are and to change the password, but not their tokens",
  inWorkspace(async (ctx) => {
    const { user, password } = await member(ctx);
    for (const headers of [basic(user.email, password), await session(await signIn(ctx, user.id))]) {
      const actor = await call(ctx.db, headers);
      expect(actor).toMatchObject({ id: user.id, mustChangePassword: true });
      const own = { db: ctx.db, actor };
      expect(await getViewer(own)).toMatchObject({ mustChangePassword: true });
      await expect(listOwnWorkspaces(own)).rejects.toMatchObject({
        code: "forbidden",
        message: expect.stringContaining("initial password"),
      });
    }
    const own: Context = { ...ctx, actor: { ...ctx.actor, id: user.id, role: "member" } };
    const { secret } = await createToken(own, { name: "CI", scopes: ["read"] });
    const actor = await call(ctx.db, { authorization: `Bearer ${secret}` });
    expect(await listOwnWorkspaces({ db: ctx.db, actor })).toHaveLength(1);
    const company = await session(await signIn(ctx, user.id, "oidc"));
    expect(await call(ctx.db, company)).not.toHaveProperty("mustChangePassword");
  }),
);

test(
  "rejects missing, malformed and unsupported authorization",
  inWorkspace(async (ctx) => {
    const refused = { refused: "unauthenticated" };
    expect(await call(ctx.db, {})).toEqual(refused);
    expect(await call(ctx.db, { authorization: "Bearer" })).toEqual(refused);
    expect(await call(ctx.db, { authorization: "Bearer " })).toEqual(refused);
    expect(await call(ctx.db, { authorization: "Bearer lw_nothing" })).toEqual(refused);
    expect(await call(ctx.db, { authorization: "Digest x" })).toEqual(refused);
    expect(await call(ctx.db, basic("", "password"))).toEqual(refused);
    expect(await call(ctx.db, { authorization: "Basic !!!" })).toEqual(refused);
  }),
);

async function slugOf(ctx: Context): Promise<string> {
  const [workspace] = await ctx.db.select().from(workspaces).where(eq(workspaces.id, ctx.actor.workspaceId));
  return workspace?.slug ?? "";
}

/** Mina, a member of two workspaces, the first one joined first. */
async function inTwoWorkspaces(ctx: Context) {
  const other = await newWorkspace(ctx.db);
  const { user, password } = await member(ctx);
  await ctx.db.insert(memberships).values({
    workspaceId: other.actor.workspaceId,
    userId: user.id,
    role: "viewer",
    createdAt: new Date(Date.now() + 1),
  });
  const [firstSlug, otherSlug] = [await slugOf(ctx), await slugOf(other)];
  return { user, password, firstSlug, otherSlug, other };
}

test(
  "limits a token to its own workspace, selected by prefix, header or neither",
  inWorkspace(async (ctx) => {
    const { firstSlug, otherSlug } = await inTwoWorkspaces(ctx);
    const { secret } = await createToken(ctx, { name: "CI", scopes: ["read"] });
    const token = { authorization: `Bearer ${secret}` };
    const own = { workspaceId: ctx.actor.workspaceId };
    expect(await call(ctx.db, token, { url: `/w/${firstSlug}/api/v1/x` })).toMatchObject(own);
    expect(await call(ctx.db, { ...token, "x-mlflow-workspace": firstSlug })).toMatchObject(own);
    const refused = { refused: "not-found" };
    for (const slug of [otherSlug, "nowhere"]) {
      expect(await call(ctx.db, token, { url: `/w/${slug}/api/v1/x` })).toEqual(refused);
      expect(await call(ctx.db, { ...token, "x-mlflow-workspace": slug })).toEqual(refused);
    }
    expect(
      await call(ctx.db, { ...token, "x-mlflow-workspace": otherSlug }, { url: `/w/${firstSlug}/api/v1/x` }),
    ).toEqual({ refused: "invalid" });
  }),
);

test(
  "limits passwords and sessions to the workspaces of the user, selected by prefix",
  inWorkspace(async (ctx) => {
    const { user, password, firstSlug, otherSlug, other } = await inTwoWorkspaces(ctx);
    const strange = await slugOf(await newWorkspace(ctx.db));
    for (const headers of [basic(user.email, password), await session(await signIn(ctx, user.id))]) {
      const roleAt = async (url: string) => call(ctx.db, headers, { url });
      expect(await roleAt("/api/v1/x")).toMatchObject({ role: "member", workspaceId: ctx.actor.workspaceId });
      expect(await roleAt(`/w/${firstSlug}/api/v1/x`)).toMatchObject({ role: "member" });
      expect(await roleAt(`/w/${otherSlug}/api/v1/x`)).toMatchObject({
        role: "viewer",
        workspaceId: other.actor.workspaceId,
      });
      expect(await roleAt(`/w/${strange}/api/v1/x`)).toEqual({ refused: "not-found" });
      expect(await roleAt("/w/nowhere/api/v1/x")).toEqual({ refused: "not-found" });
    }
  }),
);

test(
  "keeps a browser in its last workspace while that is accessible",
  inWorkspace(async (ctx) => {
    const { user, otherSlug, other } = await inTwoWorkspaces(ctx);
    const { cookie } = await session(await signIn(ctx, user.id));
    const remembering = { cookie: `${cookie}; leeway-workspace=${otherSlug}` };
    expect(await call(ctx.db, remembering)).toMatchObject({ workspaceId: other.actor.workspaceId });
    const ofOther = eq(memberships.workspaceId, other.actor.workspaceId);
    await ctx.db.update(memberships).set({ disabledAt: new Date() }).where(ofOther);
    expect(await call(ctx.db, remembering)).toMatchObject({ workspaceId: ctx.actor.workspaceId });
  }),
);

test(
  "rejects everyone from an archived workspace",
  inWorkspace(async (ctx) => {
    const { user, password, otherSlug, other } = await inTwoWorkspaces(ctx);
    const { secret } = await createToken(other, { name: "CI", scopes: ["read"] });
    await ctx.db.update(workspaces).set({ archivedAt: new Date() }).where(eq(workspaces.id, other.actor.workspaceId));
    expect(await call(ctx.db, { authorization: `Bearer ${secret}` })).toEqual({ refused: "unauthenticated" });
    const url = `/w/${otherSlug}/api/v1/x`;
    expect(await call(ctx.db, basic(user.email, password), { url })).toEqual({ refused: "not-found" });
    expect(await call(ctx.db, await session(await signIn(ctx, user.id)), { url })).toEqual({ refused: "not-found" });
  }),
);
