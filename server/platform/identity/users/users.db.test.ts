import { and, desc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { apiTokens, auditEvents, memberships, users } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { type Context, transact } from "#server/base/context.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { verifyPassword } from "../sign-in/password.ts";
import { createToken } from "../tokens/create-token.ts";
import { changePassword } from "./change-password.ts";
import { changeRole } from "./change-role.ts";
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

async function lastAudit(ctx: Context) {
  const [entry] = await ctx.db
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.workspaceId, ctx.actor.workspaceId))
    .orderBy(desc(auditEvents.id))
    .limit(1);
  return entry;
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
    expect(user).toMatchObject({ email: "ines@example.test", role: "member", hasPassword: true, disabledAt: null });
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
  "adds an existing account of another workspace without creating a password",
  inWorkspace(async (ctx) => {
    const other = await newWorkspace(ctx.db);
    const { user } = await createUser(other, ines);
    const before = await rowOf(ctx, user.id);
    const joined = await createUser(ctx, { ...ines, name: "Somebody else", role: "viewer" });
    expect(joined).toEqual({ user: expect.objectContaining({ id: user.id, name: "Ines Duarte", role: "viewer" }) });
    expect(await rowOf(ctx, user.id)).toEqual(before);
    await expect(resetPassword(ctx, { userId: user.id })).rejects.toMatchObject({ code: "conflict" });
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
    await expect(disableUser(second.ctx, { userId: ctx.actor.id })).resolves.toMatchObject({ role: "admin" });
    await expect(changeRole(second.ctx, { userId: second.user.id, role: "member" })).rejects.toMatchObject({
      code: "conflict",
    });
    await enableUser(second.ctx, { userId: ctx.actor.id });
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
  "ends sessions and tokens when disabling, and restores the role but not the tokens when enabling",
  inWorkspace(async (ctx) => {
    const { user, ctx: own } = await person(ctx);
    const { token } = await createToken(own, { name: "CI", scopes: ["read"] });
    const disabled = await disableUser(ctx, { userId: user.id, reason: "left" });
    expect(disabled.disabledAt).toBeInstanceOf(Date);
    expect((await rowOf(ctx, user.id))?.sessionVersion).toBe(2);
    expect(await lastAudit(ctx)).toMatchObject({
      action: "user.disabled",
      reason: "left",
      after: { revokedTokens: [token.prefix] },
    });
    await expect(disableUser(ctx, { userId: user.id })).rejects.toMatchObject({ code: "conflict" });
    expect(await enableUser(ctx, { userId: user.id })).toMatchObject({ role: "viewer", disabledAt: null });
    await expect(enableUser(ctx, { userId: user.id })).rejects.toMatchObject({ code: "conflict" });
    const [row] = await ctx.db.select().from(apiTokens).where(eq(apiTokens.id, token.id));
    expect(row?.revokedAt).toBeInstanceOf(Date);
  }),
);

test(
  "rejects disabling oneself",
  inWorkspace(async (ctx) => {
    await person(ctx, "admin");
    await expect(disableUser(ctx, { userId: ctx.actor.id })).rejects.toMatchObject({ code: "conflict" });
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
    const newPassword = "something longer";
    const wrong = changePassword(own, { currentPassword: "not it", newPassword });
    await expect(wrong).rejects.toMatchObject({ code: "invalid", message: "The current password is incorrect." });
    const same = changePassword(own, { currentPassword: password, newPassword: password });
    await expect(same).rejects.toMatchObject({ code: "invalid" });
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
    await createUser(await newWorkspace(ctx.db), { ...ines, email: "stranger@example.test" });
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
    const { user } = await createUser(await newWorkspace(ctx.db), ines);
    const userId = user.id;
    const commands = [
      () => changeRole(ctx, { userId, role: "admin" }),
      () => disableUser(ctx, { userId }),
      () => enableUser(ctx, { userId }),
      () => resetPassword(ctx, { userId }),
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
