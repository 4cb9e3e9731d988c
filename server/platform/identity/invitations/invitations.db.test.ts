import { and, eq, inArray } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditEvents, invitationMails, invitations, memberships, users } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context, Role } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { limits } from "#server/base/limits.ts";
import { inWorkspace, newMember, newWorkspace } from "#server/testing/testing.ts";
import { changeRole } from "../memberships/change-role.ts";
import { removeMembership } from "../memberships/remove-membership.ts";
import { hashPassword } from "../sign-in/password.ts";
import { signInWithInvitation } from "../sign-in/sign-in-with-invitation.ts";
import { createToken } from "../tokens/create-token.ts";
import { listUsers } from "../users/queries.ts";
import { acceptInvitation } from "./accept-invitation.ts";
import { createInvitation } from "./create-invitation.ts";
import { declineInvitation } from "./decline-invitation.ts";
import type { InvitationDelivery, InvitationMail } from "./invitation-mail.ts";
import { openInvitation } from "./open-invitation.ts";
import { listInvitations } from "./queries.ts";
import { resendInvitation } from "./resend-invitation.ts";
import { revokeInvitation } from "./revoke-invitation.ts";

const publicUrl = "https://leeway.example.test";
const unmailed: InvitationDelivery = { publicUrl, send: undefined };
const cfo = { email: "CFO@a.test", role: "viewer" as const };
const password = "starboard lanterns at dusk";
const address = "192.0.2.1";

/** A mail server that accepts, or rejects, everything. */
function mailServer(error: string | null = null) {
  const mails: InvitationMail[] = [];
  const send: InvitationDelivery["send"] = async (mail) => {
    mails.push(mail);
    return { error };
  };
  return { mails, delivery: { publicUrl, send } };
}

const secretIn = (link: string | undefined) => link?.split("/").at(-1) ?? "";

/** Invites by mail. @returns the secret that only the mail contains */
async function invited(ctx: Context, input: { email: string; role: Role } = cfo): Promise<string> {
  const { mails, delivery } = mailServer();
  await createInvitation(ctx, input, delivery);
  return secretIn(mails[0]?.path);
}

/** Invites without a mail server. @returns the secret that the admin gets to see */
async function handedOver(ctx: Context, input: { email: string; role: Role } = cfo): Promise<string> {
  return secretIn((await createInvitation(ctx, input, unmailed)).link);
}

async function withPassword(ctx: Context): Promise<void> {
  const passwordHash = await hashPassword(password);
  await ctx.db.update(users).set({ passwordHash }).where(eq(users.id, ctx.actor.id));
}

const signIn = (ctx: Context, secret: string, more: { password?: string; name?: string } = {}) =>
  signInWithInvitation(ctx.db, { secret, password, address, ...more });

async function membershipOf(ctx: Context, userId: string) {
  const of = and(eq(memberships.userId, userId), eq(memberships.workspaceId, ctx.actor.workspaceId));
  const [row] = await ctx.db.select().from(memberships).where(of);
  return row;
}

async function actionsIn(ctx: Context): Promise<string[]> {
  const rows = await ctx.db
    .select({ action: auditEvents.action })
    .from(auditEvents)
    .where(eq(auditEvents.workspaceId, ctx.actor.workspaceId))
    .orderBy(auditEvents.id);
  return rows.map(({ action }) => action);
}

test(
  "mails the link to the address only, and creates an account when the person accepts",
  inWorkspace(async (ctx) => {
    const neighbour = await newWorkspace(ctx.db);
    const { mails, delivery } = mailServer();
    const made = await createInvitation(neighbour, cfo, delivery);
    expect(made).toEqual({ invitation: expect.objectContaining({ email: "cfo@a.test", role: "viewer" }) });
    expect(made.invitation.mail).toMatchObject({ deliveredAt: expect.any(Date), error: null });
    expect(mails).toMatchObject([{ to: "cfo@a.test", role: "viewer", invitedByName: "Test admin" }]);
    const secret = secretIn(mails[0]?.path);
    const stored = await ctx.db.select().from(invitations);
    expect(JSON.stringify([made, stored, await ctx.db.select().from(auditEvents)])).not.toContain(secret);
    expect(await ctx.db.$count(users, eq(users.email, "cfo@a.test"))).toBe(0);

    expect(await openInvitation(ctx.db, secret)).toMatchObject({ createsAccount: true, email: "cfo@a.test" });
    const signedIn = await signIn(ctx, secret, { name: "Carla" });
    expect(signedIn).toMatchObject({ email: "cfo@a.test", name: "Carla", mustChangePassword: false });
    expect(await membershipOf(neighbour, signedIn.userId)).toMatchObject({ role: "viewer", disabledAt: null });
    expect(await actionsIn(neighbour)).toEqual(["invitation.created", "invitation.accepted"]);
    expect(await listInvitations(neighbour)).toEqual([]);
  }),
);

test(
  "keeps an admin of one workspace from preparing the takeover of another",
  inWorkspace(async (ctx) => {
    const neighbour = await newWorkspace(ctx.db);
    const secret = await handedOver(neighbour);
    // The admin knows the link, which neither creates an account nor sets a password.
    expect(await openInvitation(ctx.db, secret)).toMatchObject({ createsAccount: false });
    await expect(signIn(ctx, secret, { name: "Mallory" })).rejects.toMatchObject({ code: "unauthenticated" });
    expect(await ctx.db.$count(users, eq(users.email, "cfo@a.test"))).toBe(0);
    // The other workspace invites the same address as an admin. Its mail proves the address, whatever the neighbour knows.
    const theirs = await invited(ctx, { ...cfo, role: "admin" });
    const { userId } = await signIn(ctx, theirs, { name: "Carla", password: "an anchor and 7 gulls" });
    await expect(signIn(ctx, secret)).rejects.toMatchObject({ code: "unauthenticated" });
    expect(await membershipOf(ctx, userId)).toMatchObject({ role: "admin" });
    expect(await membershipOf(neighbour, userId)).toBeUndefined();
  }),
);

test(
  "does not reveal to the admin of a workspace whether an address has an account",
  inWorkspace(async (ctx) => {
    const neighbour = await newWorkspace(ctx.db);
    await withPassword(await newMember(ctx, "member", { email: "known@a.test" }));
    const shown = async (email: string) => {
      const { invitation, link } = await createInvitation(neighbour, { ...cfo, email }, unmailed);
      const opened = await openInvitation(ctx.db, secretIn(link));
      const refused = await signIn(ctx, secretIn(link), { password: "wrong" }).catch((error) => error.message);
      const { id: _id, email: _email, createdAt: _at, expiresAt: _until, ...rest } = invitation;
      return { rest, opened: { ...opened, email: "", expiresAt: null }, refused };
    };
    expect(await shown("known@a.test")).toEqual(await shown("unknown@a.test"));
  }),
);

test(
  "lets an admin of the first workspace hand over a link that creates an account, unless they are demoted",
  inWorkspace(async (ctx) => {
    const second = await newMember(ctx, "admin");
    const neighbour = await newWorkspace(ctx.db);
    const { workspaceId } = neighbour.actor;
    await ctx.db.insert(memberships).values({ workspaceId, userId: second.actor.id, role: "admin" });
    const inviting = { ...second, actor: { ...second.actor, workspaceId } };
    const [first, other] = [await handedOver(inviting), await handedOver(inviting, { ...cfo, email: "cto@a.test" })];
    expect(await signIn(ctx, first, { name: "Carla" })).toMatchObject({ name: "Carla" });
    await changeRole(ctx, { userId: second.actor.id, role: "member" });
    await expect(signIn(ctx, other, { name: "Tom" })).rejects.toMatchObject({ code: "unauthenticated" });
  }),
);

test(
  "accepts once in the session of the invited person only",
  inWorkspace(async (ctx) => {
    const neighbour = await newWorkspace(ctx.db);
    const guest = await newMember(ctx, "operator", { email: "Cfo@A.test" });
    const secret = await handedOver(neighbour);
    await expect(acceptInvitation(ctx, { secret })).rejects.toMatchObject({ code: "forbidden" });
    const { token } = await createToken(guest, { name: "CI", scopes: ["settings"] });
    const asToken = { ...guest, actor: { ...guest.actor, kind: "token" as const, id: token.id } };
    await expect(acceptInvitation(asToken, { secret })).rejects.toMatchObject({ code: "forbidden" });
    expect(await membershipOf(neighbour, guest.actor.id)).toBeUndefined();
    expect((await acceptInvitation(guest, { secret })).workspace).toMatch(/^test-/);
    expect(await membershipOf(neighbour, guest.actor.id)).toMatchObject({ role: "viewer" });
    expect(await membershipOf(ctx, guest.actor.id)).toMatchObject({ role: "operator" });
    await expect(acceptInvitation(guest, { secret })).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "accepts with the password of an account that is in no workspace any more, as a new member",
  inWorkspace(async (ctx) => {
    const guest = await newMember(ctx, "admin", { email: "cfo@a.test" });
    await withPassword(guest);
    await removeMembership(ctx, { userId: guest.actor.id });
    const secret = await invited(ctx);
    expect(await openInvitation(ctx.db, secret)).toMatchObject({ createsAccount: false });
    expect((await signIn(ctx, secret)).userId).toBe(guest.actor.id);
    const renewed = { role: "viewer", removedAt: null, disabledAt: null };
    expect(await membershipOf(ctx, guest.actor.id)).toMatchObject(renewed);
  }),
);

test(
  "rejects a disabled account",
  inWorkspace(async (ctx) => {
    const neighbour = await newWorkspace(ctx.db);
    const guest = await newMember(ctx, "member", { email: "cfo@a.test" });
    await withPassword(guest);
    await ctx.db.update(users).set({ disabledAt: new Date() }).where(eq(users.id, guest.actor.id));
    await expect(signIn(ctx, await invited(neighbour))).rejects.toMatchObject({ code: "forbidden" });
    expect(await membershipOf(neighbour, guest.actor.id)).toBeUndefined();
  }),
);

test(
  "answers alike for used, declined, revoked, replaced, expired and unknown links, and those of former admins",
  inWorkspace(async (ctx) => {
    const second = await newMember(ctx, "admin");
    const guests = ["used", "declined", "revoked", "replaced", "expired"].map((name) => ({ email: `${name}@a.test` }));
    const secrets = await Promise.all(guests.map(({ email }) => invited(ctx, { email, role: "viewer" })));
    const [used = "", declined = "", , , expired = ""] = secrets;
    const idOf = async (name: string) => {
      const listed = await listInvitations(ctx);
      return listed.find(({ email }) => email.startsWith(name))?.id ?? "";
    };
    await signIn(ctx, used, { name: "Carla" });
    await declineInvitation(ctx.db, { secret: declined }, address);
    await revokeInvitation(ctx, { invitationId: await idOf("revoked") });
    await resendInvitation(ctx, { invitationId: await idOf("replaced") }, mailServer().delivery);
    const past = new Date(Date.now() - 1);
    await ctx.db.update(invitations).set({ expiresAt: past }).where(eq(invitations.email, "expired@a.test"));
    const ofFormer = await invited(second, { email: "former@a.test", role: "viewer" });
    await changeRole(ctx, { userId: second.actor.id, role: "member" });
    const messages = await Promise.all(
      [...secrets, ofFormer, "invite_unknown", ""].map((secret) =>
        openInvitation(ctx.db, secret).catch((error) => `${error.code}: ${error.message}`),
      ),
    );
    expect(new Set(messages).size).toBe(1);
    expect(messages[0]).toMatch(/^not-found: .*Ask an admin/);
    await expect(signIn(ctx, expired, { name: "Carla" })).rejects.toMatchObject({ code: "not-found" });
    const written = ["invitation.declined", "invitation.revoked", "invitation.resent"];
    expect(await ctx.db.$count(auditEvents, inArray(auditEvents.action, written))).toBe(3);
  }),
);

test(
  "rejects a second invitation of an address, and members; replaces an expired invitation",
  inWorkspace(async (ctx) => {
    const member = await newMember(ctx, "member", { email: "Member@a.test" });
    const ofMember = createInvitation(ctx, { ...cfo, email: "member@a.test" }, unmailed);
    await expect(ofMember).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("role") });
    await removeMembership(ctx, { userId: member.actor.id });
    await createInvitation(ctx, { ...cfo, email: "member@a.test" }, unmailed);
    await createInvitation(ctx, cfo, unmailed);
    await expect(createInvitation(ctx, cfo, unmailed)).rejects.toMatchObject({ code: "conflict" });
    const past = new Date(Date.now() - 1);
    await ctx.db.update(invitations).set({ expiresAt: past }).where(eq(invitations.email, "cfo@a.test"));
    expect((await createInvitation(ctx, cfo, unmailed)).invitation.expiresAt.getTime()).toBeGreaterThan(
      Date.now() + 6 * dayMs,
    );
  }),
);

test(
  "rejects a weak password for a new account, and a missing name",
  inWorkspace(async (ctx) => {
    const secret = await invited(ctx);
    const weak = signIn(ctx, secret, { name: "Carla", password: "Carla-2026-2026" });
    await expect(weak).rejects.toMatchObject({ code: "invalid", field: "password" });
    await expect(signIn(ctx, secret)).rejects.toThrow("Enter a name.");
    expect(await openInvitation(ctx.db, secret)).toMatchObject({ createsAccount: true });
  }),
);

test(
  "limits open invitations, mails of a workspace, and mails to one address",
  inWorkspace(async (ctx) => {
    const { workspaceId, id: invitedBy } = ctx.actor;
    const row = (index: number) => ({ workspaceId, email: `${index}@a.test`, role: "viewer" as const, invitedBy });
    const link = (index: number) => ({
      secretHash: String(index),
      isMailed: true,
      expiresAt: new Date(Date.now() + dayMs),
    });
    const many = Array.from({ length: limits.openInvitations - 1 }, (_, index) => ({ ...row(index), ...link(index) }));
    const rows = await ctx.db.insert(invitations).values(many).returning({ id: invitations.id });
    const { delivery } = mailServer();
    const { invitation } = await createInvitation(ctx, cfo, delivery);
    await expect(createInvitation(ctx, { ...cfo, email: "x@a.test" }, delivery)).rejects.toMatchObject({
      code: "conflict",
    });
    const resend = () => resendInvitation(ctx, { invitationId: invitation.id }, delivery);
    for (let mails = 1; mails < limits.invitationMailsPerAddressAndHour; mails++) await resend();
    await expect(resend()).rejects.toMatchObject({ code: "rate-limited" });
    const invitationId = rows[0]?.id ?? "";
    const others = Array.from({ length: limits.invitationMailsPerHour }, () => ({ workspaceId, invitationId }));
    await ctx.db.insert(invitationMails).values(others);
    const other = () => resendInvitation(ctx, { invitationId: rows[1]?.id ?? "" }, delivery);
    await expect(other()).rejects.toMatchObject({ code: "rate-limited" });
    await ctx.db.update(invitationMails).set({ at: new Date(Date.now() - hourMs) });
    await expect(other()).resolves.toMatchObject({ invitation: { mail: { error: null } } });
  }),
);

test(
  "shows the admin that a mail was rejected, and mails again",
  inWorkspace(async (ctx) => {
    const { invitation } = await createInvitation(ctx, cfo, mailServer("550 no such mailbox").delivery);
    expect(invitation.mail).toMatchObject({ deliveredAt: null, error: "550 no such mailbox" });
    const again = await resendInvitation(ctx, { invitationId: invitation.id }, mailServer().delivery);
    expect(again.invitation.mail).toMatchObject({ deliveredAt: expect.any(Date), error: null });
  }),
);

test(
  "does not find an invitation of another workspace",
  inWorkspace(async (ctx) => {
    const { invitation } = await createInvitation(await newWorkspace(ctx.db), cfo, unmailed);
    const invitationId = invitation.id;
    await expect(resendInvitation(ctx, { invitationId }, unmailed)).rejects.toMatchObject({ code: "not-found" });
    await expect(revokeInvitation(ctx, { invitationId })).rejects.toMatchObject({ code: "not-found" });
    expect(await listInvitations(ctx)).toEqual([]);
  }),
);

test("accepts one of two concurrent acceptances of a link", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const secret = await invited(ctx);
  const outcomes = await Promise.allSettled([
    signIn(ctx, secret, { name: "Carla" }),
    signIn(ctx, secret, { name: "Mallory" }),
  ]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect((await listUsers(ctx, {})).users).toHaveLength(2);
});
