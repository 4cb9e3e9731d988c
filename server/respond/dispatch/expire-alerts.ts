import { and, eq, inArray, lte } from "drizzle-orm";
import { alertGroupMembers, alerts } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { lockGroups } from "../../alerting/alerts/groups/group-rows.ts";
import { loadMuting } from "../../alerting/alerts/groups/muting.ts";
import { refreshGroups } from "../../alerting/alerts/groups/refresh-groups.ts";
import { recordAlertEvents } from "../../alerting/alerts/history/record-alert-events.ts";
import { tryLockAlerts } from "../../alerting/alerts/lock-alerts.ts";
import { notifyAfterChange } from "../paging/notify-after-change.ts";

const batch = 2_000;

/**
 * Resolves expired alerts: no update was received, or their sender had set an end.
 * @returns their number; none while someone else changes alerts of the workspace
 */
export function expireAlerts(ctx: Context, now: number): Promise<number> {
  return transact(ctx, async (ctx) => {
    if (!(await tryLockAlerts(ctx))) return 0;
    const ofWorkspace = eq(alerts.workspaceId, ctx.actor.workspaceId);
    const { fingerprint, ruleKey, isTimeout, endsAt } = alerts;
    const over = await ctx.db
      .select({ fingerprint, ruleKey, isTimeout, endsAt })
      .from(alerts)
      .where(and(ofWorkspace, eq(alerts.isEnded, false), lte(alerts.endsAt, new Date(now))))
      .orderBy(alerts.endsAt)
      .limit(batch);
    if (over.length === 0) return 0;
    const these = over.map((alert) => alert.fingerprint);
    await ctx.db
      .update(alerts)
      .set({ isEnded: true })
      .where(and(ofWorkspace, inArray(alerts.fingerprint, these)));
    const events = over.map(({ fingerprint, ruleKey, isTimeout, endsAt }) => ({
      kind: isTimeout ? ("expired" as const) : ("resolved" as const),
      fingerprint,
      ruleKey,
      data: { endsAt, words: isTimeout ? "no updates received" : "end time set by the sender reached" },
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
    return over.length;
  });
}
