import { eq } from "drizzle-orm";
import Fastify from "fastify";
import { encode } from "next-auth/jwt";
import { expect, test } from "vitest";
import type { Database } from "#db/client.ts";
import { memberships, signInAttempts, users, workspaces } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { newSession } from "#server/platform/identity/sign-in/session.ts";
import { createToken } from "#server/platform/identity/tokens/create-token.ts";
import { createUser } from "#server/platform/identity/users/create-user.ts";
import { resetPassword } from "#server/platform/identity/users/reset-password.ts";
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

async function session(claims: object, name = "next-auth.session-token") {
  return { cookie: `other=1; ${name}=${await encode({ token: { ...claims }, secret })}` };
}

test(
  "accepts a token as Bearer and as the password of any user name",
  inWorkspace(async (ctx) => {
    const { token, secret } = await createToken(ctx, { name: "CI", scopes: ["read"] });
    const expected = { kind: "token", id: token.id, role: "admin", scopes: ["read"], address: "127.0.0.1" };
    expect(await call(ctx.db, { authorization: `Bearer ${secret}` })).toMatchObject(expected);
    expect(await call(ctx.db, { authorization: `bearer  ${secret}` })).toMatchObject(expected);
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
    const headers = await session(newSession(user.id, 1));
    expect(await call(ctx.db, headers)).toMatchObject({ kind: "user", id: user.id, name: "Mina", role: "member" });
    expect(await call(ctx.db, headers, { method: "POST" })).toEqual({ refused: "unauthenticated" });
  }),
);

test(
  "accepts only the secure cookie behind TLS",
  inWorkspace(async (ctx) => {
    const claims = newSession((await member(ctx)).user.id, 1);
    const secure = { publicUrl: "https://leeway.example.org" };
    expect(await call(ctx.db, await session(claims), secure)).toEqual({ refused: "unauthenticated" });
    expect(await call(ctx.db, await session(claims, "__Secure-next-auth.session-token"), secure)).toMatchObject({
      id: claims.sub,
    });
  }),
);

test(
  "ends a session after 12 h, a password change or disabling, and rejects an altered one",
  inWorkspace(async (ctx) => {
    const { user } = await member(ctx);
    const headers = await session(newSession(user.id, 1));
    expect(await call(ctx.db, { cookie: headers.cookie.slice(0, -2) })).toEqual({ refused: "unauthenticated" });
    const old = await session(newSession(user.id, 1, Date.now() - 12 * hourMs));
    expect(await call(ctx.db, old)).toEqual({ refused: "unauthenticated" });
    await ctx.db.update(users).set({ sessionVersion: 2 }).where(eq(users.id, user.id));
    expect(await call(ctx.db, headers)).toEqual({ refused: "unauthenticated" });
    await ctx.db.update(users).set({ sessionVersion: 1 }).where(eq(users.id, user.id));
    await ctx.db.update(memberships).set({ disabledAt: new Date() }).where(eq(memberships.userId, user.id));
    expect(await call(ctx.db, headers)).toEqual({ refused: "unauthenticated" });
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
    for (const headers of [basic(user.email, password), await session(newSession(user.id, 1))]) {
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
    const { cookie } = await session(newSession(user.id, 1));
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
    expect(await call(ctx.db, await session(newSession(user.id, 1)), { url })).toEqual({ refused: "not-found" });
  }),
);
