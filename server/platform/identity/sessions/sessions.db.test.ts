import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditEvents, memberships, sessions, users } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { disableMembership } from "../memberships/disable-membership.ts";
import { contextOfSession } from "../sign-in/session.ts";
import { createUser } from "../users/create-user.ts";
import { resetPassword } from "../users/reset-password.ts";
import { createSession } from "./create-session.ts";
import { deleteExpiredSessions } from "./delete-expired-sessions.ts";
import { listSessions } from "./queries.ts";
import { revokeOtherSessions } from "./revoke-other-sessions.ts";
import { revokeSession } from "./revoke-session.ts";
import { revokeSessionsOfUser } from "./revoke-sessions-of-user.ts";

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/** Signs a person in with another browser. @returns the context of the session */
async function signIn(ctx: Context, userId = ctx.actor.id, userAgent: string | null = firefox): Promise<Context> {
  const browser = { method: "password", address: "192.0.2.7", userAgent } as const;
  const session = await createSession(ctx.db, { userId, sessionVersion: 1, ...browser });
  return contextOfSession(ctx.db, { session });
}

async function rowOf({ db, actor }: Context) {
  const [row] = await db
    .select()
    .from(sessions)
    .where(eq(sessions.id, actor.sessionId ?? ""));
  return row;
}

test(
  "lists one's own sessions with device, address and the current one marked",
  inWorkspace(async (ctx) => {
    const here = await signIn(ctx);
    const there = await signIn(ctx, ctx.actor.id, null);
    const { user } = await createUser(ctx, { email: "ines@example.test", name: "Ines", role: "viewer" });
    await signIn(ctx, user.id);
    const listed = await listSessions(here);
    expect(listed.map(({ id }) => id).sort()).toEqual([here.actor.sessionId, there.actor.sessionId].sort());
    expect(listed.find(({ isCurrent }) => isCurrent)).toMatchObject({
      id: here.actor.sessionId,
      device: "Firefox on Linux",
      address: "192.0.2.7",
      method: "password",
    });
    expect(listed.find(({ isCurrent }) => !isCurrent)).toMatchObject({ device: null });
    expect(JSON.stringify(listed)).not.toContain((await rowOf(here))?.hash);
  }),
);

test(
  "revokes one session of one's own, and finds none of others",
  inWorkspace(async (ctx) => {
    const [here, there] = [await signIn(ctx), await signIn(ctx)];
    await revokeSession(here, { sessionId: there.actor.sessionId ?? "" });
    expect(await rowOf(there)).toMatchObject({ revokedAt: expect.any(Date), revokedReason: "revoked" });
    expect(await listSessions(here)).toHaveLength(1);
    const again = revokeSession(here, { sessionId: there.actor.sessionId ?? "" });
    await expect(again).rejects.toMatchObject({ code: "not-found" });
    const { user } = await createUser(ctx, { email: "ines@example.test", name: "Ines", role: "viewer" });
    const theirs = revokeSession(here, { sessionId: (await signIn(ctx, user.id)).actor.sessionId ?? "" });
    await expect(theirs).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "revokes all other sessions, and audits how many",
  inWorkspace(async (ctx) => {
    const here = await signIn(ctx);
    await signIn(ctx);
    await signIn(ctx);
    expect(await revokeOtherSessions(here)).toEqual({ endedCount: 2 });
    expect(await listSessions(here)).toMatchObject([{ isCurrent: true }]);
    expect(await revokeOtherSessions(here)).toEqual({ endedCount: 0 });
    const entries = await ctx.db.select().from(auditEvents).where(eq(auditEvents.action, "session.others-revoked"));
    expect(entries).toMatchObject([{ after: { endedCount: 2 } }]);
  }),
);

test("lets admins of the installation end a person's sessions, and other admins not", async () => {
  const { db } = await freshDatabase();
  const [first, other] = [await newWorkspace(db), await newWorkspace(db)];
  const session = await signIn(other);
  const userId = other.actor.id;
  await expect(revokeSessionsOfUser(other, { userId })).rejects.toMatchObject({ code: "forbidden" });
  expect(await revokeSessionsOfUser(first, { userId, reason: "lost" })).toEqual({ endedCount: 1 });
  expect(await rowOf(session)).toMatchObject({ revokedReason: "revoked-by-admin" });
});

test(
  "writes the time of the last request at most once a minute",
  inWorkspace(async (ctx) => {
    const session = await createSession(ctx.db, {
      userId: ctx.actor.id,
      sessionVersion: 1,
      method: "password",
      address: null,
      userAgent: "x".repeat(10_000),
    });
    const here = await contextOfSession(ctx.db, { session });
    const seenAt = async (lastSeenAt: Date) => {
      await ctx.db.update(sessions).set({ lastSeenAt });
      await contextOfSession(ctx.db, { session });
      return (await rowOf(here))?.lastSeenAt;
    };
    const recently = new Date(Date.now() - minuteMs / 2);
    const longAgo = new Date(Date.now() - 10 * minuteMs);
    expect(await seenAt(recently)).toEqual(recently);
    expect(Number(await seenAt(longAgo))).toBeGreaterThan(Number(recently));
    expect((await rowOf(here))?.userAgent).toHaveLength(512);
  }),
);

test("creates no session for a sign-in that was verified before a password reset", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const { user } = await createUser(ctx, { email: "ines@example.test", name: "Ines", role: "viewer" });
  await resetPassword(ctx, { userId: user.id });
  await expect(signIn(ctx, user.id)).rejects.toMatchObject({ code: "unauthenticated" });
  expect(await db.$count(sessions)).toBe(0);
});

test("leaves no session when someone signs in during a password reset", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const { user } = await createUser(ctx, { email: "ines@example.test", name: "Ines", role: "viewer" });
  await Promise.allSettled([signIn(ctx, user.id), resetPassword(ctx, { userId: user.id }), signIn(ctx, user.id)]);
  const rows = await db.select().from(sessions);
  expect(rows.filter(({ revokedAt }) => revokedAt === null)).toEqual([]);
});

test(
  "keeps the sessions of a disabled person who has another workspace, limited to that one",
  inWorkspace(async (ctx) => {
    const other = await newWorkspace(ctx.db);
    const { user } = await createUser(ctx, { email: "ines@example.test", name: "Ines", role: "viewer" });
    const session = await createSession(ctx.db, {
      userId: user.id,
      sessionVersion: 1,
      method: "oidc",
      address: null,
      userAgent: null,
    });
    await ctx.db
      .insert(memberships)
      .values({ workspaceId: other.actor.workspaceId, userId: user.id, role: "viewer", createdAt: new Date() });
    await disableMembership(ctx, { userId: user.id });
    expect((await contextOfSession(ctx.db, { session })).actor.workspaceId).toBe(other.actor.workspaceId);
    await disableMembership(other, { userId: user.id });
    const [row] = await ctx.db.select().from(sessions).where(eq(sessions.userId, user.id));
    expect(row).toMatchObject({ revokedReason: "membership-ended" });
  }),
);

test(
  "deletes sessions only after they have expired",
  inWorkspace(async (ctx) => {
    const [expired, revoked] = [await signIn(ctx), await signIn(ctx)];
    const ago = new Date(Date.now() - hourMs);
    await ctx.db
      .update(sessions)
      .set({ expiresAt: ago })
      .where(eq(sessions.id, expired.actor.sessionId ?? ""));
    await revokeSession(revoked, { sessionId: revoked.actor.sessionId ?? "" });
    await deleteExpiredSessions(ctx);
    expect((await ctx.db.select().from(sessions)).map(({ id }) => id)).toEqual([revoked.actor.sessionId]);
    expect(await ctx.db.$count(users)).toBe(1);
  }),
);
