import { and, eq, isNull, lt, or } from "drizzle-orm";
import { digestSubscriptions, memberships, users } from "#db/schema/index.ts";
import { enqueueEmail } from "#server/alerting/notifications/enqueue-notification.ts";
import { type Context, transact } from "#server/base/context.ts";
import { workspaceTimeZone } from "#server/platform/identity/workspaces/time-zone.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { refreshReport } from "../get-report.ts";
import { DigestSettings } from "./contract.ts";
import { digestMessage } from "./digest-message.ts";
import { dueWeek } from "./due.ts";

/**
 * Sends the report of the past week to every subscriber of a workspace whose chosen time has come, as a job. The sending is recorded with
 * the email in one transaction, so that it is sent once, regardless of repeated or aborted runs. A subscription that fails stops no other.
 */
export async function sendDigests(ctx: Context, now = Date.now(), attempt: Attempt = attemptOnce): Promise<void> {
  const { workspaceId } = ctx.actor;
  const timeZone = await workspaceTimeZone(ctx);
  const subscribed = await ctx.db
    .select({ row: digestSubscriptions, email: users.email })
    .from(digestSubscriptions)
    .innerJoin(users, eq(users.id, digestSubscriptions.userId))
    .innerJoin(
      memberships,
      and(eq(memberships.userId, users.id), eq(memberships.workspaceId, digestSubscriptions.workspaceId)),
    )
    .where(and(eq(digestSubscriptions.workspaceId, workspaceId), isNull(memberships.disabledAt)));
  for (const subscription of subscribed) {
    const item = { id: `digest of ${subscription.row.userId} in ${workspaceId}`, workspaceId };
    await attempt(item, () => sendDigest(ctx, { ...subscription, timeZone, now }));
  }
}

interface DueDigest {
  row: typeof digestSubscriptions.$inferSelect;
  email: string;
  timeZone: string;
  now: number;
}

async function sendDigest(ctx: Context, { row, email, timeZone, now }: DueDigest): Promise<void> {
  const settings = { ...DigestSettings.parse(row.settings), timeZone };
  const week = dueWeek(settings, { sentFor: row.sentFor, since: row.createdAt.getTime(), now });
  if (week === undefined) return;
  // Read before the transaction: nothing slow happens in one.
  const message = digestMessage(await refreshReport(ctx, { period: "week", start: week }, now));
  await transact(ctx, async (ctx) => {
    const { workspaceId, sentFor, userId } = digestSubscriptions;
    const isNotSent = or(isNull(sentFor), lt(sentFor, week));
    const claimed = await ctx.db
      .update(digestSubscriptions)
      .set({ sentFor: week })
      .where(and(eq(workspaceId, ctx.actor.workspaceId), eq(userId, row.userId), isNotSent))
      .returning({ userId });
    if (claimed.length === 0) return;
    const deduplicationKey = `digest:${row.userId}:${week}`;
    await enqueueEmail(
      ctx,
      { userId: row.userId, address: email },
      { kind: "notice", severity: "ticket", message, deduplicationKey },
    );
  });
}
