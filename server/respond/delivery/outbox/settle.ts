import { and, eq, sql } from "drizzle-orm";
import { notificationAttempts, notifications } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { DeliveryOutcome } from "../../../alerting/notifications/channels/outcome.ts";
import type { ChannelKind } from "../../../alerting/notifications/contract.ts";
import { afterTry } from "../../../alerting/notifications/outbox/after-try.ts";
import { failedAttempts } from "../../../alerting/notifications/outbox/failing.ts";
import { afterUndelivered } from "../../oncall/escalation/after-undelivered.ts";
import { recordDeadLetter, recordDelivery, recordFailing } from "./record-history.ts";

type Row = typeof notifications.$inferSelect;

/** Maximum number of attempts stored per message; the newest are kept. */
const maxAttempts = 50;

/**
 * Records one attempt and its result. A message that arrived counts as delivered, even if another worker attempts it meanwhile.
 * @param by kind of the channel
 */
export async function settle(ctx: Context, row: Row, sent: DeliveryOutcome, by: ChannelKind): Promise<void> {
  const { outcome, reference, retryAfterSeconds, ...attempt } = sent;
  const { severity, expiresAt } = row;
  const attempts = row.attempts + 1;
  const step = afterTry({ outcome, severity, attempts, retryAfterSeconds, expiresAt, now: new Date() });
  const change = afterwards(step, sent);
  await transact(ctx, async (ctx) => {
    const values = { workspaceId: ctx.actor.workspaceId, notificationId: row.id, ...attempt };
    await ctx.db.insert(notificationAttempts).values(values);
    await deleteOldest(ctx, row.id);
    const isMine = step === "delivered" ? undefined : eq(notifications.attempts, row.attempts);
    const [moved] = await ctx.db
      .update(notifications)
      .set({ attempts, leaseEndsAt: null, ...change })
      .where(and(eq(notifications.id, row.id), eq(notifications.state, "pending"), isMine))
      .returning({ id: notifications.id });
    if (!moved) return;
    if (typeof step === "object") {
      await postpone(ctx, row, sent, step.waitSeconds);
      // It is retried all the same; whoever is next does not wait for it.
      if (severity === "page" && attempts >= failedAttempts) {
        await recordFailing(ctx, row, { by, note: responseOf(sent) });
        await afterUndelivered(ctx, row, { isAgain: attempts > failedAttempts });
      }
    }
    if (step === "delivered") await recordDelivery(ctx, row, by);
    if (step === "dead") {
      await recordDeadLetter(ctx, row, { by, note: change.note ?? "" });
      await afterUndelivered(ctx, row);
    }
    await publish(ctx, "notification", row.id);
  });
}

function responseOf({ error, status }: DeliveryOutcome): string {
  return error ?? `The server responded with ${status}.`;
}

function afterwards(step: ReturnType<typeof afterTry>, sent: DeliveryOutcome) {
  const { reference, outcome } = sent;
  if (step === "delivered") {
    return { state: step, nextAttemptAt: null, deliveredAt: sql`now()`, reference: reference ?? null, note: "" };
  }
  if (step === "dead") {
    const why = outcome === "refused" ? "Permanently rejected" : "Not delivered within one day";
    return { state: step, nextAttemptAt: null, diedAt: sql`now()`, note: `${why}: ${responseOf(sent)}` };
  }
  return { nextAttemptAt: sql`now() + make_interval(secs => ${step.waitSeconds})` };
}

/** Postpones the notifications queued behind it; after a rate limit of the receiver, all of its notifications. */
async function postpone(
  ctx: Context,
  { turn, lane }: Row,
  { status }: DeliveryOutcome,
  waitSeconds: number,
): Promise<void> {
  const until = sql`greatest(${notifications.nextAttemptAt}, now() + make_interval(secs => ${waitSeconds}))`;
  const behind = status === 429 ? undefined : eq(notifications.lane, lane);
  await ctx.db
    .update(notifications)
    .set({ nextAttemptAt: until })
    .where(
      and(
        eq(notifications.turn, turn),
        eq(notifications.state, "pending"),
        behind,
        // Notifications in flight are not postponed.
        sql`(${notifications.leaseEndsAt} is null or ${notifications.leaseEndsAt} <= now())`,
      ),
    );
}

async function deleteOldest(ctx: Context, notificationId: string): Promise<void> {
  await ctx.db.execute(sql`
    delete from notification_attempts where notification_id = ${notificationId} and id not in (
      select id from notification_attempts where notification_id = ${notificationId} order by at desc limit ${maxAttempts})`);
}
