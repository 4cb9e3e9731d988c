import { and, eq, isNull, lt, or } from "drizzle-orm";
import { digestSubscriptions, memberships, users } from "#db/schema/index.ts";
import { enqueueEmail } from "#server/alerting/notifications/enqueue-notification.ts";
import { type Context, transact } from "#server/base/context.ts";
import { workspaceTimeZone } from "#server/platform/identity/workspaces/time-zone.ts";
import { refreshReport } from "../get-report.ts";
import { DigestSettings } from "./contract.ts";
import { digestMessage } from "./digest-message.ts";
import { dueWeek } from "./due.ts";

/**
 * Sends the report of the past week to every subscriber of a workspace whose chosen time has come, as a job. The sending is recorded with
 * the email in one transaction, so that it is sent once, regardless of repeated or aborted runs.
 */
export async function sendDigests(ctx: Context, now = Date.now()): Promise<void> {
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
  for (const { row, email } of subscribed) {
    const week = dueWeek(
      { ...DigestSettings.parse(row.settings), timeZone },
      { sentFor: row.sentFor, since: row.createdAt.getTime(), now },
    );
    if (week === undefined) continue;
    // Read before the transaction: nothing slow happens in one.
    const message = digestMessage(await refreshReport(ctx, { period: "week", start: week }, now));
    await transact(ctx, async (ctx) => {
      const { sentFor, userId } = digestSubscriptions;
      const claimed = await ctx.db
        .update(digestSubscriptions)
        .set({ sentFor: week })
        .where(
          and(
            eq(digestSubscriptions.workspaceId, workspaceId),
            eq(userId, row.userId),
            or(isNull(sentFor), lt(sentFor, week)),
          ),
        )
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
}
