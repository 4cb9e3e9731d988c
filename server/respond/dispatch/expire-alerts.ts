import { and, eq, inArray, lt, lte, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { alertGroupMembers, alerts } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { lockGroups } from "../../alerting/alerts/groups/group-rows.ts";
import { loadMuting } from "../../alerting/alerts/groups/muting.ts";
import { refreshGroups } from "../../alerting/alerts/groups/refresh-groups.ts";
import { recordAlertEvents } from "../../alerting/alerts/history/record-alert-events.ts";
import { tryLockAlerts } from "../../alerting/alerts/lock-alerts.ts";
import { isOwnAlert, notEvaluatedMs, openEnd } from "../../alerting/alerts/own-alerts.ts";
import { notifyAfterChange } from "../paging/notify-after-change.ts";

const batch = 2_000;

/** Whether the rule of one of Leeway's own alerts still says that it fires: a firing part with its labels, or an open finding. */
const isStanding = sql<boolean>`(${isOwnAlert} and (
  exists (select from rule_states as part where part.workspace_id = alerts.workspace_id and part.rule_key = alerts.rule_key
    and part.state = 'firing' and part.trace->'labels' @> alerts.labels)
  or exists (select from monitoring_findings as finding where finding.workspace_id = alerts.workspace_id and finding.closed_at is null
    and alerts.rule_key = 'watch:' || finding.watcher || ':' || finding.endpoint_id)
  or exists (select from feature_findings as finding where finding.workspace_id = alerts.workspace_id and finding.closed_at is null
    and alerts.rule_key = 'features:' || finding.view_id)))`;

function isExpired(now: number) {
  return and(eq(alerts.isEnded, false), lte(alerts.endsAt, new Date(now)));
}

/** Returns the fingerprints of the next batch of alerts to expire. */
export async function expiredAlerts(ctx: Context, now: number): Promise<string[]> {
  const rows = await ctx.db
    .select({ fingerprint: alerts.fingerprint })
    .from(alerts)
    .where(and(eq(alerts.workspaceId, ctx.actor.workspaceId), isExpired(now)))
    .orderBy(alerts.endsAt)
    .limit(batch);
  return rows.map(({ fingerprint }) => fingerprint);
}

/**
 * Ends alerts whose end has come: no update was received, or their sender had set it. An own alert that its rule still says to fire has no
 * such end, whatever its row says: an older version wrote ends that pass while nothing is evaluated.
 * @param only ends this alert only
 * @returns the number of rows changed; none while someone else changes alerts of the workspace
 */
export function expireAlerts(ctx: Context, now: number, only?: string): Promise<number> {
  return transact(ctx, async (ctx) => {
    if (!(await tryLockAlerts(ctx))) return 0;
    const ofWorkspace = eq(alerts.workspaceId, ctx.actor.workspaceId);
    const { fingerprint, ruleKey, isTimeout, endsAt } = alerts;
    const isOnly = only === undefined ? undefined : eq(fingerprint, only);
    const due = await ctx.db
      .select({ fingerprint, ruleKey, isTimeout, endsAt, isStanding, isOwn: isOwnAlert })
      .from(alerts)
      .where(and(ofWorkspace, isExpired(now), isOnly))
      .orderBy(alerts.endsAt)
      .limit(batch);
    if (due.length === 0) return 0;
    const standing = due.filter((alert) => alert.isStanding).map((alert) => alert.fingerprint);
    if (standing.length > 0)
      await ctx.db
        .update(alerts)
        .set({ endsAt: openEnd })
        .where(and(ofWorkspace, inArray(alerts.fingerprint, standing)));
    const over = due.filter((alert) => !alert.isStanding);
    if (over.length > 0) await end(ctx, over, now);
    return due.length;
  });
}

/**
 * Sets the end of own alerts that their rule no longer knows of, for example of a rule whose rows were deleted. Nothing else would end them.
 * @param now milliseconds since 1970
 */
export async function endOrphanedAlerts(db: Database, now: number): Promise<void> {
  const isOrphaned = and(isOwnAlert, lt(alerts.updatedAt, new Date(now - notEvaluatedMs)), sql`not ${isStanding}`);
  await db
    .update(alerts)
    .set({ endsAt: new Date(now) })
    .where(and(eq(alerts.isEnded, false), eq(alerts.endsAt, openEnd), isOrphaned));
}

interface EndingAlert {
  fingerprint: string;
  ruleKey: string;
  isTimeout: boolean;
  isOwn: boolean;
  endsAt: Date;
}

async function end(ctx: Context, over: readonly EndingAlert[], now: number): Promise<void> {
  const ofWorkspace = eq(alerts.workspaceId, ctx.actor.workspaceId);
  const these = over.map(({ fingerprint }) => fingerprint);
  await ctx.db
    .update(alerts)
    .set({ isEnded: true })
    .where(and(ofWorkspace, inArray(alerts.fingerprint, these)));
  const events = over.map(({ fingerprint, ruleKey, isTimeout, isOwn, endsAt }) => ({
    kind: isTimeout || isOwn ? ("expired" as const) : ("resolved" as const),
    fingerprint,
    ruleKey,
    data: { endsAt, words: reasonOf({ isTimeout, isOwn }) },
  }));
  await recordAlertEvents(ctx, events, new Date(now));
  const rows = await ctx.db
    .selectDistinct({ id: alertGroupMembers.groupId })
    .from(alertGroupMembers)
    .where(
      and(eq(alertGroupMembers.workspaceId, ctx.actor.workspaceId), inArray(alertGroupMembers.fingerprint, these)),
    );
  const groups = await lockGroups(
    ctx,
    rows.map(({ id }) => id),
  );
  await refreshGroups(ctx, groups, await loadMuting(ctx, now), notifyAfterChange);
}

function reasonOf({ isTimeout, isOwn }: Pick<EndingAlert, "isTimeout" | "isOwn">): string {
  if (isOwn) return "its rule no longer fires for it";
  return isTimeout ? "no updates received" : "end time set by the sender reached";
}
