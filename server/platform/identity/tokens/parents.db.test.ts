import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { apiTokens, memberships } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import type { Scope } from "#server/platform/permissions/permissions/permission.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { createUser } from "../users/create-user.ts";
import { maxAncestors } from "./ancestors.ts";
import { createToken } from "./create-token.ts";
import { contextOfToken } from "./identify-token.ts";
import { getToken, listTokens } from "./queries.ts";
import { revokeToken } from "./revoke-token.ts";

const scopes: Scope[] = ["settings", "read"];

/** Looks a token up without the cache. */
async function look(ctx: Context, secret: string): Promise<Context> {
  return contextOfToken(Object.create(ctx.db) as Context["db"], secret);
}

/** Creates a token with a token. */
async function createWith(ctx: Context, secret: string, expiresInDays?: number) {
  const parent = await look(ctx, secret);
  return createToken({ ...parent, db: ctx.db }, { name: "child", scopes, ...(expiresInDays && { expiresInDays }) });
}

test(
  "expires a token with the one that created it at the latest",
  inWorkspace(async (ctx) => {
    const parent = await createToken(ctx, { name: "day", scopes, expiresInDays: 1 });
    const expiresAt = parent.token.expiresAt;
    expect((await createWith(ctx, parent.secret)).token).toMatchObject({ expiresAt, parentTokenId: parent.token.id });
    expect((await createWith(ctx, parent.secret, 30)).token.expiresAt).toEqual(expiresAt);
    const unlimited = await createToken(ctx, { name: "unlimited", scopes });
    const { token } = await createWith(ctx, unlimited.secret, 30);
    expect(Number(token.expiresAt) - Date.now()).toBeGreaterThan(29 * dayMs);
    expect((await createWith(ctx, unlimited.secret)).token.expiresAt).toBeNull();
  }),
);

test(
  "rejects a token once any token above it is revoked, has expired, or its owner has lost the workspace",
  inWorkspace(async (ctx) => {
    const { user } = await createUser(ctx, { email: "ines@example.test", name: "Ines", role: "member" });
    const own: Context = { ...ctx, actor: { ...ctx.actor, id: user.id, role: "member" } };
    const root = await createToken(own, { name: "root", scopes });
    const child = await createWith(own, root.secret);
    const grandchild = await createWith(own, child.secret);
    const isValid = () =>
      look(ctx, grandchild.secret).then(
        () => true,
        () => false,
      );
    const ofRoot = eq(apiTokens.id, root.token.id);
    const ofUser = eq(memberships.userId, user.id);
    expect(await isValid()).toBe(true);
    await ctx.db
      .update(apiTokens)
      .set({ expiresAt: new Date(0) })
      .where(ofRoot);
    expect(await isValid()).toBe(false);
    await ctx.db.update(apiTokens).set({ expiresAt: null }).where(ofRoot);
    // As for a token of a service account, created with the token of an admin.
    await ctx.db.update(apiTokens).set({ userId: ctx.actor.id }).where(eq(apiTokens.id, grandchild.token.id));
    await ctx.db.update(memberships).set({ disabledAt: new Date() }).where(ofUser);
    expect(await isValid()).toBe(false);
    await ctx.db.update(memberships).set({ disabledAt: null }).where(ofUser);
    expect(await isValid()).toBe(true);
    await revokeToken(own, { tokenId: root.token.id });
    expect(await isValid()).toBe(false);
    expect((await getToken(ctx, grandchild.token.id)).revokedAt).toEqual(
      (await getToken(ctx, root.token.id)).revokedAt,
    );
  }),
);

test(
  "limits how many tokens are created with one another",
  inWorkspace(async (ctx) => {
    let { secret } = await createToken(ctx, { name: "root", scopes });
    for (let depth = 0; depth < maxAncestors; depth++) ({ secret } = await createWith(ctx, secret));
    await expect(createWith(ctx, secret)).rejects.toMatchObject({ code: "conflict" });
  }),
);

test(
  "shows and revokes the tokens of others only with the scope for people",
  inWorkspace(async (ctx) => {
    const { user } = await createUser(ctx, { email: "ines@example.test", name: "Ines", role: "member" });
    const own: Context = { ...ctx, actor: { ...ctx.actor, id: user.id, role: "member" } };
    const { token } = await createToken(own, { name: "hers", scopes: ["read"] });
    const withScopes = async (...scopes: Scope[]) =>
      look(ctx, (await createToken(ctx, { name: "robot", scopes })).secret);
    const tokenId = token.id;
    const names = async (robot: Context) => (await listTokens(robot, {})).tokens.map(({ name }) => name);
    const settings = await withScopes("settings", "read");
    expect(await names(settings)).not.toContain("hers");
    await expect(revokeToken(settings, { tokenId })).rejects.toMatchObject({ code: "not-found" });
    const reader = await withScopes("settings", "users:read");
    expect(await names(reader)).toContain("hers");
    await expect(revokeToken(reader, { tokenId })).rejects.toMatchObject({ code: "forbidden" });
    const manager = await withScopes("settings", "users");
    expect(await revokeToken(manager, { tokenId })).toMatchObject({ name: "hers", revokedAt: expect.any(Date) });
  }),
);

test(
  "no longer lets a token with the settings scope create an admin",
  inWorkspace(async (ctx) => {
    const robot = await look(ctx, (await createToken(ctx, { name: "robot", scopes: ["settings"] })).secret);
    const person = { email: "mallory@example.test", name: "Mallory", role: "admin" } as const;
    await expect(createUser(robot, person)).rejects.toMatchObject({ code: "forbidden" });
  }),
);
