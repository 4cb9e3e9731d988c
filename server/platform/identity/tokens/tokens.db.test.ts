import { desc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { apiTokens, auditEvents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { changeRole } from "../memberships/change-role.ts";
import { createUser } from "../users/create-user.ts";
import { createToken } from "./create-token.ts";
import { contextOfToken } from "./identify-token.ts";
import { getToken, listTokens } from "./queries.ts";
import { revokeToken } from "./revoke-token.ts";
import { hashSecret } from "./secret.ts";

const input = { name: "CI", scopes: ["read", "tracking"] as ("read" | "tracking")[] };

async function lastAudit(ctx: Context) {
  const rows = ctx.db.select().from(auditEvents).where(eq(auditEvents.workspaceId, ctx.actor.workspaceId));
  return (await rows.orderBy(desc(auditEvents.id)).limit(1))[0];
}

/** Creates another user in the same workspace. */
async function colleague(ctx: Context, role: "viewer" | "admin" = "viewer"): Promise<Context> {
  const { user } = await createUser(ctx, { email: `${role}@people.test`, name: "Tomasz", role });
  return { ...ctx, actor: { ...ctx.actor, id: user.id, name: user.name, role } };
}

test(
  "returns a secret once, and stores only its hash",
  inWorkspace(async (ctx) => {
    const { token, secret } = await createToken(ctx, { ...input, expiresInDays: 30 });
    expect(secret).toMatch(/^lw_[0-9a-f]{40}$/);
    const [row] = await ctx.db.select().from(apiTokens).where(eq(apiTokens.id, token.id));
    expect(row).toMatchObject({ hash: hashSecret(secret), prefix: secret.slice(0, 11), userId: ctx.actor.id });
    expect(JSON.stringify([row, await lastAudit(ctx)])).not.toContain(secret);
    const days = ((token.expiresAt?.getTime() ?? 0) - Date.now()) / dayMs;
    expect(days).toBeCloseTo(30, 2);
    expect(await lastAudit(ctx)).toMatchObject({ action: "token.created", subject: `token/${token.prefix}` });
  }),
);

test(
  "acts with the scopes of the token and the current role of its user",
  inWorkspace(async (ctx) => {
    const own = await colleague(ctx);
    const { token, secret } = await createToken(own, input);
    const acting = await contextOfToken(ctx.db, secret, { address: "192.0.2.1" });
    expect(acting.actor).toEqual({
      kind: "token",
      id: token.id,
      name: "Tomasz (CI)",
      workspaceId: ctx.actor.workspaceId,
      role: "viewer",
      scopes: ["read", "tracking"],
      address: "192.0.2.1",
    });
    await changeRole(ctx, { userId: own.actor.id, role: "operator" });
    // A new database object has an empty cache, as after the cache has expired.
    const later = Object.create(ctx.db);
    expect((await contextOfToken(later, secret)).actor.role).toBe("operator");
  }),
);

test(
  "records the use of a token at most once per minute",
  inWorkspace(async (ctx) => {
    const { token, secret } = await createToken(ctx, input);
    const usedAt = async () => (await getToken(ctx, token.id)).lastUsedAt;
    await contextOfToken(Object.create(ctx.db), secret);
    const first = await usedAt();
    expect(first).toBeInstanceOf(Date);
    await contextOfToken(Object.create(ctx.db), secret);
    expect(await usedAt()).toEqual(first);
    await ctx.db
      .update(apiTokens)
      .set({ lastUsedAt: new Date(Date.now() - 61_000) })
      .where(eq(apiTokens.id, token.id));
    await contextOfToken(Object.create(ctx.db), secret);
    expect((await usedAt())?.getTime()).toBeGreaterThanOrEqual(first?.getTime() ?? Number.POSITIVE_INFINITY);
  }),
);

test(
  "rejects revoked, expired and unknown tokens, and explains what to do",
  inWorkspace(async (ctx) => {
    const { token, secret } = await createToken(ctx, input);
    await revokeToken(ctx, { tokenId: token.id, reason: "leaked" });
    expect(await lastAudit(ctx)).toMatchObject({ action: "token.revoked", reason: "leaked" });
    const refused = { code: "unauthenticated", message: expect.stringContaining("Settings, Tokens") };
    await expect(contextOfToken(ctx.db, secret)).rejects.toMatchObject(refused);
    await expect(contextOfToken(ctx.db, "lw_unknown")).rejects.toMatchObject(refused);
    const expiring = await createToken(ctx, { ...input, expiresInDays: 1 });
    await contextOfToken(ctx.db, expiring.secret);
    await ctx.db
      .update(apiTokens)
      .set({ expiresAt: new Date(Date.now() - 1) })
      .where(eq(apiTokens.id, expiring.token.id));
    await expect(contextOfToken(Object.create(ctx.db), expiring.secret)).rejects.toMatchObject(refused);
  }),
);

test(
  "reports a conflict for a second revocation, and audits nothing",
  inWorkspace(async (ctx) => {
    const { token } = await createToken(ctx, input);
    await revokeToken(ctx, { tokenId: token.id });
    const entry = await lastAudit(ctx);
    await expect(revokeToken(ctx, { tokenId: token.id })).rejects.toMatchObject({ code: "conflict" });
    expect(await lastAudit(ctx)).toEqual(entry);
  }),
);

test(
  "lets users list and revoke their own tokens, and admins those of everyone",
  inWorkspace(async (ctx) => {
    const own = await colleague(ctx);
    const { token: adminToken } = await createToken(ctx, input);
    const { token } = await createToken(own, input);
    expect((await listTokens(own, {})).tokens.map((each) => each.id)).toEqual([token.id]);
    await expect(revokeToken(own, { tokenId: adminToken.id })).rejects.toMatchObject({ code: "not-found" });
    expect((await listTokens(ctx, {})).tokens.map((each) => each.id).sort()).toEqual([adminToken.id, token.id].sort());
    expect(await revokeToken(ctx, { tokenId: token.id })).toMatchObject({ ownerName: "Tomasz" });
  }),
);

test(
  "lists a user's tokens to a token, and rejects creating one with more scopes",
  inWorkspace(async (ctx) => {
    const own = await colleague(ctx);
    await createToken(ctx, input);
    const { token } = await createToken(own, { name: "robot", scopes: ["settings", "read"] });
    const robot: Context = { ...own, actor: { ...own.actor, kind: "token", id: token.id, scopes: token.scopes } };
    expect((await listTokens(robot, {})).tokens.map((each) => each.name)).toEqual(["robot"]);
    const child = await createToken(robot, { name: "child", scopes: ["read"] });
    expect(child.token.ownerId).toBe(own.actor.id);
    await expect(createToken(robot, { name: "x", scopes: ["serving"] })).rejects.toMatchObject({ code: "forbidden" });
  }),
);

test(
  "lists the tokens of the workspace, newest first, page by page",
  inWorkspace(async (ctx) => {
    await createToken(await newWorkspace(ctx.db), input);
    const made = [];
    for (const name of ["a", "b", "c"]) made.push((await createToken(ctx, { ...input, name })).token);
    // Created at the same instant: the order must still be total.
    await ctx.db
      .update(apiTokens)
      .set({ createdAt: new Date() })
      .where(eq(apiTokens.workspaceId, ctx.actor.workspaceId));
    const first = await listTokens(ctx, { limit: 2 });
    const second = await listTokens(ctx, { limit: 2, ...(first.next && { after: first.next }) });
    const ids = [...first.tokens, ...second.tokens].map((token) => token.id);
    expect(ids.sort()).toEqual(made.map((token) => token.id).sort());
    expect(second.next).toBeUndefined();
  }),
);

test(
  "does not find a token of another workspace",
  inWorkspace(async (ctx) => {
    const { token } = await createToken(await newWorkspace(ctx.db), input);
    await expect(getToken(ctx, token.id)).rejects.toMatchObject({ code: "not-found" });
    await expect(revokeToken(ctx, { tokenId: token.id })).rejects.toMatchObject({ code: "not-found" });
    expect(await listTokens(as(ctx, "viewer"), {})).toEqual({ tokens: [] });
  }),
);
