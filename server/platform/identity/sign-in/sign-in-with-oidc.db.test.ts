import { and, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditEvents, memberships, users } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import type { OidcIdentity } from "../contract.ts";
import { createUser } from "../users/create-user.ts";
import { disableUser } from "../users/disable-user.ts";
import { signInWithOidc } from "./sign-in-with-oidc.ts";

const ines = {
  issuer: "https://id.example.test",
  subject: "248289761001",
  email: "ines@example.test",
  emailVerified: true,
  name: "Ines Duarte",
};
const closed = { defaultRole: undefined, address: "192.0.2.1" };
const open = { ...closed, defaultRole: "member" as const };

/** Signs in; in the test's transaction, this is the only workspace that new users can join. */
const signIn = (ctx: Context, identity: OidcIdentity, rules: typeof closed | typeof open = closed) =>
  signInWithOidc(ctx.db, identity, rules);

test(
  "rejects a new user without a default role, and explains what to do",
  inWorkspace(async (ctx) => {
    const refused = { code: "not-found", message: expect.stringContaining("Ask an admin") };
    await expect(signIn(ctx, ines)).rejects.toMatchObject(refused);
    expect(await ctx.db.$count(users, eq(users.email, ines.email))).toBe(0);
  }),
);

test(
  "creates a new user with the default role once, then finds the user by subject whatever the email",
  inWorkspace(async (ctx) => {
    const first = await signIn(ctx, ines, open);
    expect(first).toMatchObject({ email: ines.email, name: "Ines Duarte", mustChangePassword: false });
    const later = await signIn(ctx, { ...ines, email: "married@example.test", emailVerified: false }, closed);
    expect(later).toEqual(first);
    const [membership] = await ctx.db.select().from(memberships).where(eq(memberships.userId, first.userId));
    expect(membership).toMatchObject({ role: "member", workspaceId: ctx.actor.workspaceId });
    const made = and(eq(auditEvents.action, "user.created"), eq(auditEvents.workspaceId, ctx.actor.workspaceId));
    expect(await ctx.db.select().from(auditEvents).where(made)).toMatchObject([
      { actorId: first.userId, subject: "user/ines@example.test", address: "192.0.2.1" },
    ]);
  }),
);

test(
  "links an existing user by verified email, keeps role and password, and audits the link",
  inWorkspace(async (ctx) => {
    const { user } = await createUser(ctx, { email: "Ines@example.test", name: "Ines", role: "operator" });
    expect((await signIn(ctx, ines)).userId).toBe(user.id);
    const [row] = await ctx.db.select().from(users).where(eq(users.id, user.id));
    expect(row).toMatchObject({ oidcSubject: "https://id.example.test#248289761001", name: "Ines" });
    expect(row?.passwordHash).not.toBeNull();
    expect(await ctx.db.$count(auditEvents, eq(auditEvents.action, "user.company-account-linked"))).toBe(1);
  }),
);

test(
  "rejects an email that the provider did not verify",
  inWorkspace(async (ctx) => {
    await createUser(ctx, { email: ines.email, name: "Ines", role: "admin" });
    await expect(signIn(ctx, { ...ines, emailVerified: false }, open)).rejects.toMatchObject({ code: "invalid" });
  }),
);

test(
  "treats the same subject of another provider as another user",
  inWorkspace(async (ctx) => {
    await signIn(ctx, ines, open);
    const other = { ...ines, issuer: "https://other.example.test", email: "other@example.test" };
    await expect(signIn(ctx, other)).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "rejects a disabled user",
  inWorkspace(async (ctx) => {
    const { userId } = await signIn(ctx, ines, open);
    await disableUser(ctx, { userId });
    await expect(signIn(ctx, ines, open)).rejects.toMatchObject({ code: "forbidden" });
  }),
);

test("creates one account for two concurrent first sign-ins", async () => {
  const { db } = await freshDatabase();
  await newWorkspace(db);
  const both = await Promise.all([signInWithOidc(db, ines, open), signInWithOidc(db, ines, open)]);
  expect(both[0].userId).toBe(both[1].userId);
  expect(await db.$count(users, eq(users.email, ines.email))).toBe(1);
});
