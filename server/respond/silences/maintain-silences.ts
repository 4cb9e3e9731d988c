import { and, eq, gt, isNull, lte, or, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { alertGroupMembers, alertGroups, silenceRecurrences, silences } from "#db/schema/index.ts";
import { enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { formatCount } from "#server/base/format-number.ts";
import { tryLockAlerts } from "../../alerting/alerts/lock-alerts.ts";
import { printMatchers } from "../../alerting/alerts/matchers/print-matchers.ts";
import { publishSilences } from "../../alerting/alerts/silences/publish-silences.ts";
import { countMuting, type SilenceRow } from "../../alerting/alerts/silences/silence-rows.ts";
import { makeOccurrences } from "./make-occurrences.ts";
import { findMatching, refreshMuting } from "./refresh-matching.ts";

const noticeMs = 15 * minuteMs;

/**
 * Updates the muting of alerts whose silence started or ended since a moment. Flushes would do so too, but only minutes later.
 * @returns whether it was done; not while someone else changes alerts of the workspace
 */
export function noteTurns(ctx: Context, { since, now }: { since: number; now: number }): Promise<boolean> {
  return transact(ctx, async (ctx) => {
    if (!(await tryLockAlerts(ctx))) return false;
    const isIn = (column: PgColumn) => and(gt(column, new Date(since)), lte(column, new Date(now)));
    const rows = await ctx.db
      .select({ matchers: silences.matchers })
      .from(silences)
      .where(and(eq(silences.workspaceId, ctx.actor.workspaceId), or(isIn(silences.startsAt), isIn(silences.endsAt))));
    if (rows.length === 0) return true;
    const { groupIds } = await findMatching(
      ctx,
      rows.map(({ matchers }) => matchers),
      now,
    );
    await refreshMuting(ctx, groupIds, now);
    await publishSilences(ctx);
    return true;
  });
}

/** Selects recurrences whose silences of the coming day are not created yet: a day ahead, checked once a minute. */
export function isDueRecurrence(now: number) {
  const { madeUntil, endedAt } = silenceRecurrences;
  return and(isNull(endedAt), or(isNull(madeUntil), lte(madeUntil, new Date(now + dayMs - minuteMs))));
}

/**
 * Creates the silences of the coming day of a recurrence.
 * @returns whether it was done; not while someone else changes alerts of the workspace
 */
export function makeDueOccurrences(ctx: Context, recurrenceId: string, now: number): Promise<boolean> {
  return transact(ctx, async (ctx) => {
    if (!(await tryLockAlerts(ctx))) return false;
    const ofWorkspace = eq(silenceRecurrences.workspaceId, ctx.actor.workspaceId);
    const [recurrence] = await ctx.db
      .select()
      .from(silenceRecurrences)
      .where(and(ofWorkspace, eq(silenceRecurrences.id, recurrenceId), isDueRecurrence(now)))
      .for("update");
    if (recurrence && (await makeOccurrences(ctx, recurrence, now)) > 0) await publishSilences(ctx);
    return true;
  });
}

/** Selects silences of more than an hour that end in 15 minutes and whose end nobody was notified of. */
export function isEndingSilence(now: number) {
  return and(
    isNull(silences.noticedAt),
    gt(silences.endsAt, new Date(now)),
    lte(silences.endsAt, new Date(now + noticeMs)),
    lte(silences.startsAt, new Date(now)),
    sql`${silences.endsAt} - ${silences.startsAt} > ${hourMs} * interval '1 millisecond'`,
  );
}

/** Notifies the creator of a silence that it ends soon, if it mutes a firing alert (docs/spec/alerting.md section 14). */
export function noticeEnd(ctx: Context, silenceId: string, now: number): Promise<void> {
  return transact(ctx, async (ctx) => {
    const [silence] = await ctx.db
      .select()
      .from(silences)
      .where(and(eq(silences.workspaceId, ctx.actor.workspaceId), eq(silences.id, silenceId), isEndingSilence(now)))
      .for("update", { skipLocked: true });
    if (!silence) return;
    const muting = (await countMuting(ctx, [silence.id], now)).get(silence.id) ?? 0;
    if (muting === 0) return;
    await notice(ctx, silence, muting);
    await ctx.db
      .update(silences)
      .set({ noticedAt: new Date(now) })
      .where(eq(silences.id, silence.id));
  });
}

async function notice(ctx: Context, silence: SilenceRow, count: number): Promise<void> {
  const { id, endsAt, comment, createdBy, createdById } = silence;
  const clock = `${endsAt.toISOString().slice(11, 16)} UTC`;
  const what = count === 1 ? "a firing alert" : `${formatCount(count)} firing alerts`;
  const message = {
    title: `Silence by ${createdBy} expires at ${clock}`,
    lines: [`It mutes ${what}: ${printMatchers(silence.matchers)}. Reason: ${comment}`],
    facts: [],
    severity: "ticket",
    status: "info" as const,
    reason: "",
    groupKey: "",
    groupLabels: {},
    alerts: [],
    links: [{ text: "View silence", path: `/alerts/silences?silence=${id}` }],
  };
  const deduplicationKey = `silence-ends:${id}:${endsAt.getTime()}`;
  // Without a person as its creator, the receivers of the alerts are notified.
  for (const to of createdById ? [{ userId: createdById }] : await receiversOf(ctx, id)) {
    const receiver = "receiver" in to ? to.receiver : "";
    await enqueueNotification(ctx, {
      to,
      kind: "notice",
      severity: "ticket",
      deduplicationKey,
      message: { ...message, receiver },
    });
  }
}

async function receiversOf(ctx: Context, silenceId: string): Promise<{ receiver: string }[]> {
  return ctx.db
    .selectDistinct({ receiver: alertGroups.receiver })
    .from(alertGroupMembers)
    .innerJoin(alertGroups, eq(alertGroups.id, alertGroupMembers.groupId))
    .where(
      and(
        eq(alertGroupMembers.workspaceId, ctx.actor.workspaceId),
        sql`${alertGroupMembers.muted}->>'ref' = ${silenceId}`,
      ),
    );
}
