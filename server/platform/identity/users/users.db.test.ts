import { and, desc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { apiTokens, auditEvents, memberships, users } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { type Context, transact } from "#server/base/context.ts";
import { findPeople } from "#server/platform/teams/people/find-people.ts";
import { inWorkspace, newMember, newWorkspace } from "#server/testing/testing.ts";
import { changeRole } from "../memberships/change-role.ts";
import { disableMembership } from "../memberships/disable-membership.ts";
import { enableMembership } from "../memberships/enable-membership.ts";
import { removeMembership } from "../memberships/remove-membership.ts";
import { createSession } from "../sessions/create-session.ts";
import { verifyPassword } from "../sign-in/password.ts";
import { contextOfSession } from "../sign-in/session.ts";
import { createToken } from "../tokens/create-token.ts";
import { listAccounts } from "./account-queries.ts";
import { changePassword } from "./change-password.ts";
import { createUser } from "./create-user.ts";
import { disableUser } from "./disable-user.ts";
import { enableUser } from "./enable-user.ts";
import { listUsers } from "./queries.ts";
import { resetPassword } from "./reset-password.ts";

const ines = { email: "Ines@example.test ", name: "Ines Duarte", role: "member" } as const;

async function rowOf(ctx: Context, userId: string) {
  const [row] = await ctx.db.select().from(users).where(eq(users.id, userId));
  return row;
}

async function tokenRow(ctx: Context, tokenId: string) {
  const [row] = await ctx.db.select().from(apiTokens).where(eq(apiTokens.id, tokenId));
  return row;
}

async function lastAudit(ctx: Context) {
  const [entry] = await ctx.db
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.workspaceId, ctx.actor.workspaceId))
    .orderBy(desc(auditEvents.id))
    .limit(1);
  return entry;
}

/** Signs a person in. @returns the claims of the cookie */
async function signIn(ctx: Context, userId: string) {
  const browser = { method: "password", address: "192.0.2.1", userAgent: null } as const;
  return { session: await createSession(ctx.db, { userId, sessionVersion: 1, ...browser }) };
}

/** Creates a user with a known password, and a context in which they act. */
async function person(ctx: Context, role: "viewer" | "admin" = "viewer") {
  const { user, password = "" } = await createUser(ctx, { email: `${role}@people.test`, name: "Tomasz", role });
  return { user, password, ctx: { ...ctx, actor: { ...ctx.actor, id: user.id, role } } };
}

test(
  "creates a user with a password that must be changed",
  inWorkspace(async (ctx) => {
    const { user, password = "" } = await createUser(ctx, ines);
    const account = { hasPassword: true, usesCompanySignIn: false, lastSignInAt: null, disabledAt: null };
    expect(user).toMatchObject({ email: "ines@example.test", role: "member", disabledAt: null, account });
    const row = await rowOf(ctx, user.id);
    expect(row?.mustChangePassword).toBe(true);
    expect(await verifyPassword(row?.passwordHash, password)).toBe(true);
    expect(await lastAudit(ctx)).toMatchObject({
      action: "user.created",
      subject: "user/ines@example.test",
      after: { name: "Ines Duarte", role: "member" },
    });
  }),
);

test(
  "reports a conflict for an existing email, ignoring case",
  inWorkspace(async (ctx) => {
    await createUser(ctx, ines);
    await expect(createUser(ctx, { ...ines, email: "INES@example.test" })).rejects.toMatchObject({ code: "conflict" });
  }),
);

test(
  "creates an account without a password for company sign-in",
  inWorkspace(async (ctx) => {
    const made = await createUser(ctx, { ...ines, hasPassword: false });
    expect(made.password).toBeUndefined();
    expect(await rowOf(ctx, made.user.id)).toMatchObject({ passwordHash: null, mustChangePassword: false });
  }),
);

test(
  "does not add an account of another workspace",
  inWorkspace(async (ctx) => {
    const outsider = await newMember(await newWorkspace(ctx.db), "member", { email: "cfo@a.test" });
    const added = createUser(ctx, { ...ines, email: "cfo@a.test" });
    await expect(added).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("Invite") });
    const here = and(eq(memberships.userId, outsider.actor.id), eq(memberships.workspaceId, ctx.actor.workspaceId));
    expect(await ctx.db.$count(memberships, here)).toBe(0);
  }),
);

test(
  "lets only admins of the first workspace create, disable and enable accounts, and reset passwords",
  inWorkspace(async (ctx) => {
    const neighbour = await newWorkspace(ctx.db);
    const userId = (await newMember(neighbour)).actor.id;
    const before = await rowOf(ctx, userId);
    const commands = [
      () => createUser(neighbour, { ...ines, email: "cfo@a.test" }),
      () => disableUser(neighbour, { userId }),
      () => enableUser(neighbour, { userId }),
      () => resetPassword(neighbour, { userId }),
      () => listAccounts(neighbour, {}),
    ];
    for (const command of commands) await expect(command()).rejects.toMatchObject({ code: "forbidden" });
    expect(await rowOf(ctx, userId)).toEqual(before);
    expect(await ctx.db.$count(users, eq(users.email, "cfo@a.test"))).toBe(0);
  }),
);

test(
  "shows what belongs to an account to admins of the first workspace only",
  inWorkspace(async (ctx) => {
    const neighbour = await newWorkspace(ctx.db);
    const member = await newMember(neighbour);
    await ctx.db.update(users).set({ lastSignInAt: new Date() }).where(eq(users.id, member.actor.id));
    const shown = (await listUsers(neighbour, {})).users.find((user) => user.id === member.actor.id);
    expect(shown).toMatchObject({ account: null, lastUsedAt: null });
    expect(JSON.stringify(shown)).not.toMatch(/lastSignInAt|hasPassword/);
    const { accounts } = await listAccounts(ctx, {});
    expect(accounts.find((account) => account.id === member.actor.id)?.lastSignInAt).toBeInstanceOf(Date);
  }),
);

test(
  "shows the last use of this workspace by session or token",
  inWorkspace(async (ctx) => {
    const { token } = await createToken(ctx, { name: "CI", scopes: ["read"] });
    const lastUse = async () => (await listUsers(ctx, {})).users[0]?.lastUsedAt;
    expect(await lastUse()).toBeNull();
    await contextOfSession(ctx.db, await signIn(ctx, ctx.actor.id));
    expect((await lastUse())?.getTime()).toBeGreaterThan(Date.now() - 60_000);
    const later = new Date(Date.now() + 60_000);
    await ctx.db.update(apiTokens).set({ lastUsedAt: later }).where(eq(apiTokens.id, token.id));
    expect(await lastUse()).toEqual(later);
  }),
);

test(
  "audits a role change with before and after, and ignores an unchanged role",
  inWorkspace(async (ctx) => {
    const { user } = await createUser(ctx, ines);
    expect(await changeRole(ctx, { userId: user.id, role: "operator" })).toMatchObject({ role: "operator" });
    const entry = await lastAudit(ctx);
    expect(entry).toMatchObject({
      action: "user.role-changed",
      before: { role: "member" },
      after: { role: "operator" },
    });
    await changeRole(ctx, { userId: user.id, role: "operator" });
    expect(await lastAudit(ctx)).toEqual(entry);
  }),
);

test(
  "rejects demoting or disabling the last admin",
  inWorkspace(async (ctx) => {
    const demote = () => changeRole(ctx, { userId: ctx.actor.id, role: "viewer" });
    await expect(demote()).rejects.toMatchObject({ code: "conflict" });
    const second = await person(ctx, "admin");
    await expect(disableMembership(second.ctx, { userId: ctx.actor.id })).resolves.toMatchObject({ role: "admin" });
    await expect(changeRole(second.ctx, { userId: second.user.id, role: "member" })).rejects.toMatchObject({
      code: "conflict",
    });
    await enableMembership(second.ctx, { userId: ctx.actor.id });
    expect(await changeRole(second.ctx, { userId: second.user.id, role: "member" })).toMatchObject({ role: "member" });
  }),
);

test("leaves one admin when two demote each other concurrently", async () => {
  const { db } = await freshDatabase();
  const first = await newWorkspace(db);
  const second = await person(first, "admin");
  const outcomes = await Promise.allSettled([
    changeRole(first, { userId: second.user.id, role: "viewer" }),
    changeRole(second.ctx, { userId: first.actor.id, role: "viewer" }),
  ]);
  expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(["fulfilled", "rejected"]);
  const admins = and(eq(memberships.workspaceId, first.actor.workspaceId), eq(memberships.role, "admin"));
  expect(await db.$count(memberships, admins)).toBe(1);
});

test(
  "revokes tokens when disabling a membership, and restores the role but not the tokens when enabling",
  inWorkspace(async (ctx) => {
    const { user, ctx: own } = await person(ctx);
    const { token } = await createToken(own, { name: "CI", scopes: ["read"] });
    const disabled = await disableMembership(ctx, { userId: user.id, reason: "left" });
    expect(disabled.disabledAt).toBeInstanceOf(Date);
    // Sessions belong to the account, which may be used in other workspaces.
    expect((await rowOf(ctx, user.id))?.sessionVersion).toBe(1);
    expect(await lastAudit(ctx)).toMatchObject({
      action: "membership.disabled",
      reason: "left",
      after: { revokedTokens: [token.prefix] },
    });
    await expect(disableMembership(ctx, { userId: user.id })).rejects.toMatchObject({ code: "conflict" });
    expect(await enableMembership(ctx, { userId: user.id })).toMatchObject({ role: "viewer", disabledAt: null });
    await expect(enableMembership(ctx, { userId: user.id })).rejects.toMatchObject({ code: "conflict" });
    expect((await tokenRow(ctx, token.id))?.revokedAt).toBeInstanceOf(Date);
  }),
);

test(
  "leaves sessions, account and tokens of other workspaces as they are when a neighbour disables or removes a person",
  inWorkspace(async (ctx) => {
    const { user, ctx: own } = await person(ctx);
    const { token } = await createToken(own, { name: "CI", scopes: ["read"] });
    const neighbour = await newWorkspace(ctx.db);
    const { workspaceId } = neighbour.actor;
    await ctx.db.insert(memberships).values({ workspaceId, userId: user.id, role: "viewer" });
    const before = await rowOf(ctx, user.id);
    await disableMembership(neighbour, { userId: user.id });
    await removeMembership(neighbour, { userId: user.id });
    expect(await rowOf(ctx, user.id)).toEqual(before);
    expect((await tokenRow(ctx, token.id))?.revokedAt).toBeNull();
    expect((await listUsers(ctx, {})).users.find(({ id }) => id === user.id)?.disabledAt).toBeNull();
  }),
);

test(
  "removes a membership with its tokens, and keeps the name of the person",
  inWorkspace(async (ctx) => {
    const { user, ctx: own } = await person(ctx);
    const { token } = await createToken(own, { name: "CI", scopes: ["read"] });
    const session = await signIn(ctx, user.id);
    await removeMembership(ctx, { userId: user.id, reason: "left" });
    expect((await listUsers(ctx, {})).users.map(({ id }) => id)).toEqual([ctx.actor.id]);
    const entry = { action: "membership.removed", reason: "left", before: { role: "viewer" } };
    expect(await lastAudit(ctx)).toMatchObject({ ...entry, after: { revokedTokens: [token.prefix] } });
    expect((await findPeople(ctx, [user.id])).get(user.id)).toMatchObject({ name: "Tomasz", isDisabled: true });
    await expect(contextOfSession(ctx.db, session)).rejects.toMatchObject({ code: "unauthenticated" });
    for (const command of [removeMembership, enableMembership]) {
      await expect(command(ctx, { userId: user.id })).rejects.toMatchObject({ code: "not-found" });
    }
  }),
);

test(
  "rejects removing the last admin",
  inWorkspace(async (ctx) => {
    const remove = removeMembership(ctx, { userId: ctx.actor.id });
    await expect(remove).rejects.toMatchObject({ code: "conflict" });
    await newMember(ctx, "admin");
    await expect(removeMembership(ctx, { userId: ctx.actor.id })).resolves.toBeUndefined();
  }),
);

test(
  "ends sessions and tokens everywhere when disabling an account, and restores memberships when enabling it",
  inWorkspace(async (ctx) => {
    const { user } = await person(ctx);
    const [left, current] = [await newWorkspace(ctx.db), await newWorkspace(ctx.db)];
    for (const { actor } of [left, current]) {
      await ctx.db.insert(memberships).values({ workspaceId: actor.workspaceId, userId: user.id, role: "viewer" });
    }
    const there = { ...current, actor: { ...current.actor, id: user.id, role: "viewer" as const } };
    const { token } = await createToken(there, { name: "CI", scopes: ["read"] });
    const session = await signIn(ctx, user.id);
    await disableMembership(left, { userId: user.id });
    const disabled = await disableUser(ctx, { userId: user.id, reason: "left" });
    expect(disabled.disabledAt).toBeInstanceOf(Date);
    expect((await rowOf(ctx, user.id))?.sessionVersion).toBe(2);
    const entry = { action: "user.disabled", reason: "left", after: { revokedCount: 1 } };
    expect(await lastAudit(ctx)).toMatchObject(entry);
    await expect(contextOfSession(ctx.db, session)).rejects.toMatchObject({ code: "unauthenticated" });
    await expect(enableMembership(current, { userId: user.id })).rejects.toMatchObject({ code: "conflict" });
    await expect(disableUser(ctx, { userId: user.id })).rejects.toMatchObject({ code: "conflict" });
    expect(await enableUser(ctx, { userId: user.id })).toMatchObject({ disabledAt: null });
    await expect(enableUser(ctx, { userId: user.id })).rejects.toMatchObject({ code: "conflict" });
    const disabledIn = async ({ actor }: Context) => {
      const of = and(eq(memberships.userId, user.id), eq(memberships.workspaceId, actor.workspaceId));
      const [row] = await ctx.db.select().from(memberships).where(of);
      return row?.disabledAt !== null;
    };
    expect([await disabledIn(ctx), await disabledIn(left), await disabledIn(current)]).toEqual([false, true, false]);
    expect((await tokenRow(ctx, token.id))?.revokedAt).toBeInstanceOf(Date);
  }),
);

test(
  "rejects disabling oneself",
  inWorkspace(async (ctx) => {
    await person(ctx, "admin");
    const userId = ctx.actor.id;
    await expect(disableMembership(ctx, { userId })).rejects.toMatchObject({ code: "conflict" });
    await expect(disableUser(ctx, { userId })).rejects.toMatchObject({ code: "conflict" });
  }),
);

test(
  "creates a new password on reset, ends sessions and requires a change",
  inWorkspace(async (ctx) => {
    const { user, password: old } = await person(ctx);
    const { password = "" } = await resetPassword(ctx, { userId: user.id });
    const row = await rowOf(ctx, user.id);
    expect([await verifyPassword(row?.passwordHash, old), await verifyPassword(row?.passwordHash, password)]).toEqual([
      false,
      true,
    ]);
    expect(row).toMatchObject({ mustChangePassword: true, sessionVersion: 2 });
    expect((await lastAudit(ctx))?.action).toBe("user.password-reset");
  }),
);

test(
  "requires the current password for a change, and ends other sessions",
  inWorkspace(async (ctx) => {
    const { user, password, ctx: own } = await person(ctx);
    const newPassword = "starboard lanterns at dusk";
    const wrong = changePassword(own, { currentPassword: "not it", newPassword });
    await expect(wrong).rejects.toMatchObject({ code: "invalid", message: "The current password is incorrect." });
    const same = changePassword(own, { currentPassword: password, newPassword: password });
    await expect(same).rejects.toMatchObject({ code: "invalid" });
    const weak = changePassword(own, { currentPassword: password, newPassword: "Tomasz2026!!!" });
    await expect(weak).rejects.toMatchObject({ code: "invalid", field: "newPassword" });
    expect(await changePassword(own, { currentPassword: password, newPassword })).toEqual({ sessionSecret: undefined });
    const row = await rowOf(ctx, user.id);
    expect(row?.mustChangePassword).toBe(false);
    expect(await verifyPassword(row?.passwordHash, newPassword)).toBe(true);
    expect(await lastAudit(ctx)).toMatchObject({ action: "user.password-changed", before: null, after: null });
  }),
);

test(
  "rejects a password change for a user without one",
  inWorkspace(async (ctx) => {
    const change = changePassword(ctx, { currentPassword: "anything", newPassword: "something longer" });
    await expect(change).rejects.toMatchObject({ code: "conflict" });
  }),
);

test(
  "lists the users of the workspace by email, page by page",
  inWorkspace(async (ctx) => {
    await newMember(await newWorkspace(ctx.db));
    for (const name of ["c", "a", "b"]) await createUser(ctx, { ...ines, email: `${name}@a.test` });
    const first = await listUsers(ctx, { limit: 2 });
    expect(first.users.map((user) => user.email)).toEqual(["a@a.test", "b@a.test"]);
    const second = await listUsers(ctx, { limit: 2, ...(first.next && { after: first.next }) });
    expect(second.users.map((user) => user.email)).toEqual(["c@a.test", expect.stringMatching(/^test-/)]);
    expect(second.next).toBeUndefined();
  }),
);

test(
  "does not find a user of another workspace with any command",
  inWorkspace(async (ctx) => {
    const userId = (await newMember(await newWorkspace(ctx.db))).actor.id;
    const commands = [
      () => changeRole(ctx, { userId, role: "admin" }),
      () => disableMembership(ctx, { userId }),
      () => enableMembership(ctx, { userId }),
      () => removeMembership(ctx, { userId }),
    ];
    for (const command of commands) await expect(command()).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "rolls back a command when its transaction fails later",
  inWorkspace(async (ctx) => {
    const failing = transact(ctx, async (ctx) => {
      await createUser(ctx, ines);
      throw new Error("later");
    });
    await expect(failing).rejects.toThrow("later");
    expect((await listUsers(ctx, {})).users).toHaveLength(1);
    expect(await lastAudit(ctx)).toBeUndefined();
  }),
);
