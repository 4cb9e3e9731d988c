import { and, eq, gt, isNull, lt, lte, ne, or, sql } from "drizzle-orm";
import { notifications, receivers, watchdogs } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import { fingerprint } from "../alerts/fingerprint.ts";
import type { Message } from "../notifications/contract.ts";
import { enqueueNotification } from "../notifications/enqueue-notification.ts";
import { watchdogGroupKey, watchdogLane } from "../notifications/outbox/watchdog-lane.ts";

/** Time after which an evaluation is too old: the loop of the rules no longer runs. */
const maxEvaluationAgeMs = minuteMs;
const keepMs = dayMs;

/** Condition for watchdogs to send now: the last one was sent an interval ago, and the rules were evaluated since. */
export function isDue(now: number) {
  return and(
    gt(watchdogs.evaluatedAt, new Date(now - maxEvaluationAgeMs)),
    or(
      isNull(watchdogs.enqueuedAt),
      lte(
        watchdogs.enqueuedAt,
        sql`${new Date(now)}::timestamptz - make_interval(secs => ${watchdogs.intervalSeconds})`,
      ),
    ),
  );
}

/**
 * Puts the workspace's watchdog into the outbox if it is due. One that was not delivered is not sent any more, so that a channel that was
 * unavailable gets one message and not all of them.
 * @param now ms since 1970
 */
export function dispatchWatchdog(ctx: Context, now: number): Promise<void> {
  return transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    const [row] = await ctx.db
      .select({ watchdog: watchdogs })
      .from(watchdogs)
      .innerJoin(receivers, eq(receivers.id, watchdogs.receiverId))
      .where(and(eq(watchdogs.workspaceId, workspaceId), isNull(receivers.archivedAt), isDue(now)))
      .for("update", { of: watchdogs, skipLocked: true });
    if (!row) return;
    const { receiverId, intervalSeconds } = row.watchdog;
    const ofWatchdog = and(eq(notifications.workspaceId, workspaceId), eq(notifications.lane, watchdogLane));
    const isInFlight = gt(notifications.leaseEndsAt, sql`now()`);
    await ctx.db
      .update(notifications)
      .set({ state: "cancelled", nextAttemptAt: null, note: "Replaced by the next watchdog." })
      .where(and(ofWatchdog, eq(notifications.state, "pending"), sql`not coalesce(${isInFlight}, false)`));
    await ctx.db
      .delete(notifications)
      .where(and(ofWatchdog, ne(notifications.state, "pending"), lt(notifications.createdAt, new Date(now - keepMs))));
    await enqueueNotification(ctx, {
      to: { receiverId },
      kind: "notice",
      severity: "ticket",
      message: watchdogMessage(intervalSeconds, now),
      deduplicationKey: `watchdog:${now}`,
    });
    await ctx.db
      .update(watchdogs)
      .set({ enqueuedAt: new Date(now) })
      .where(eq(watchdogs.workspaceId, workspaceId));
  });
}

const labels = { alertname: "Watchdog", severity: "none", service: "leeway" };

/** For webhooks a firing alert, as Prometheus' Watchdog; "info" keeps PagerDuty from paging anyone. */
function watchdogMessage(intervalSeconds: number, now: number): Message {
  const summary = "This alert always fires. Its absence means that Leeway does not page.";
  return {
    title: "Watchdog: Leeway evaluates rules and sends notifications",
    lines: [summary],
    facts: [{ name: "Interval", value: `${intervalSeconds}\u00a0s` }],
    severity: "ticket",
    status: "info",
    reason: "watchdog",
    receiver: "",
    groupKey: watchdogGroupKey,
    groupLabels: { alertname: labels.alertname },
    alerts: [
      {
        status: "firing",
        labels,
        annotations: { summary },
        startsAt: new Date(now),
        endsAt: null,
        generatorUrl: "/alerts/receivers",
        fingerprint: fingerprint(labels),
      },
    ],
    links: [{ text: "Watchdog", path: "/alerts/receivers" }],
  };
}
