import { and, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditEvents, memberships, users } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { inWorkspace, newMember, newWorkspace } from "#server/testing/testing.ts";
import type { OidcIdentity } from "../contract.ts";
import { createInvitation } from "../invitations/create-invitation.ts";
import { removeMembership } from "../memberships/remove-membership.ts";
import { createUser } from "../users/create-user.ts";
import { disableUser } from "../users/disable-user.ts";
import { linkCompanyAccount } from "./link-company-account.ts";
import { hashPassword } from "./password.ts";
import { signInWithOidc } from "./sign-in-with-oidc.ts";
import { unlinkCompanyAccount } from "./unlink-company-account.ts";

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
const signIn = (ctx: Context, identity: OidcIdentity, rules: Parameters<typeof signInWithOidc>[2] = closed) =>
  signInWithOidc(ctx.db, identity, rules);

/** Invites an address; the link is mailed, or seen by the admin. @returns its secret */
async function invite(ctx: Context, email: string, isMailed: boolean): Promise<string> {
  let path: string | undefined;
  const send = async (mail: { path: string }) => {
    path = mail.path;
    return { error: null };
  };
  const delivery = { publicUrl: "http://localhost:3000", send: isMailed ? send : undefined };
  const { link } = await createInvitation(ctx, { email, role: "operator" }, delivery);
  return (path ?? link)?.split("/").at(-1) ?? "";
}

async function rowOf(ctx: Context, userId: string) {
  const [row] = await ctx.db.select().from(users).where(eq(users.id, userId));
  return row;
}

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
  "does not open an existing account by a verified email, with or without a linked subject",
  inWorkspace(async (ctx) => {
    const { user } = await createUser(ctx, { email: "Ines@example.test", name: "Ines", role: "admin" });
    const refused = { code: "conflict", message: expect.stringContaining("Settings, Your account") };
    await expect(signIn(ctx, ines, open)).rejects.toMatchObject(refused);
    const own = { ...ctx, actor: { ...ctx.actor, id: user.id } };
    await linkCompanyAccount(own, ines);
    expect((await signIn(ctx, ines)).userId).toBe(user.id);
    await expect(signIn(ctx, { ...ines, subject: "another person" }, open)).rejects.toMatchObject(refused);
    expect((await rowOf(ctx, user.id))?.oidcSubject).toBe("https://id.example.test#248289761001");
  }),
);

test(
  "links an account that an admin created without a password, at its first sign-in only",
  inWorkspace(async (ctx) => {
    const { user } = await createUser(ctx, { email: ines.email, name: "Ines", role: "operator", hasPassword: false });
    await expect(signIn(ctx, { ...ines, emailVerified: false })).rejects.toMatchObject({ code: "invalid" });
    expect((await signIn(ctx, ines)).userId).toBe(user.id);
    expect(await rowOf(ctx, user.id)).toMatchObject({
      oidcSubject: "https://id.example.test#248289761001",
      name: "Ines",
    });
    expect(await ctx.db.$count(auditEvents, eq(auditEvents.action, "user.company-account-linked"))).toBe(1);
    await ctx.db.update(users).set({ oidcSubject: null }).where(eq(users.id, user.id));
    await expect(signIn(ctx, ines)).rejects.toMatchObject({ code: "conflict" });
  }),
);

test(
  "creates the account of an invited address by a mailed link",
  inWorkspace(async (ctx) => {
    const neighbour = await newWorkspace(ctx.db);
    const invitation = await invite(neighbour, ines.email, true);
    const mallory = { ...ines, subject: "mallory", email: "mallory@example.test" };
    await expect(signIn(ctx, mallory, { ...closed, invitation })).rejects.toMatchObject({ code: "not-found" });
    await expect(signIn(ctx, mallory, { ...open, invitation })).rejects.toMatchObject({ code: "forbidden" });
    const { userId } = await signIn(ctx, ines, { ...closed, invitation });
    const joined = await ctx.db.select().from(memberships).where(eq(memberships.userId, userId));
    expect(joined).toMatchObject([{ workspaceId: neighbour.actor.workspaceId, role: "operator" }]);
    await expect(signIn(ctx, ines, { ...closed, invitation })).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "creates an account by a link that an admin has seen only if that is an admin of the first workspace",
  inWorkspace(async (ctx) => {
    const neighbour = await newWorkspace(ctx.db);
    const seen = await invite(neighbour, ines.email, false);
    await expect(signIn(ctx, ines, { ...closed, invitation: seen })).rejects.toMatchObject({ code: "not-found" });
    const ofInstanceAdmin = await invite(ctx, ines.email, false);
    const { userId } = await signIn(ctx, ines, { ...closed, invitation: ofInstanceAdmin });
    // It exists now, so that the session accepts the other one.
    expect((await signIn(ctx, ines, { ...closed, invitation: seen })).userId).toBe(userId);
    expect(await ctx.db.$count(memberships, eq(memberships.userId, userId))).toBe(2);
  }),
);

test(
  "does not add a removed user again by the default role",
  inWorkspace(async (ctx) => {
    const { userId } = await signIn(ctx, ines, open);
    await removeMembership(ctx, { userId });
    await expect(signIn(ctx, ines, open)).rejects.toMatchObject({ code: "forbidden" });
  }),
);

test(
  "links a company account to one account, and unlinks it only if there is a password",
  inWorkspace(async (ctx) => {
    const other = await newMember(ctx);
    await linkCompanyAccount(ctx, { ...ines, emailVerified: false });
    await expect(linkCompanyAccount(other, ines)).rejects.toMatchObject({ code: "conflict" });
    await expect(linkCompanyAccount(ctx, { ...ines, subject: "2" })).rejects.toMatchObject({ code: "conflict" });
    await expect(unlinkCompanyAccount(ctx)).rejects.toMatchObject({ code: "conflict" });
    const passwordHash = await hashPassword("starboard lanterns at dusk");
    await ctx.db.update(users).set({ passwordHash }).where(eq(users.id, ctx.actor.id));
    await unlinkCompanyAccount(ctx);
    expect((await rowOf(ctx, ctx.actor.id))?.oidcSubject).toBeNull();
    await expect(unlinkCompanyAccount(ctx)).rejects.toMatchObject({ code: "conflict" });
    const token = { ...other, actor: { ...other.actor, kind: "token" as const } };
    await expect(linkCompanyAccount(token, ines)).rejects.toMatchObject({ code: "forbidden" });
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
