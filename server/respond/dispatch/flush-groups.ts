import { and, eq, isNull, lte } from "drizzle-orm";
import { alertGroups } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { loadMuting } from "../../alerting/alerts/groups/muting.ts";
import { refreshGroups } from "../../alerting/alerts/groups/refresh-groups.ts";
import { tryLockAlerts } from "../../alerting/alerts/lock-alerts.ts";
import { reconcileEscalations } from "../oncall/escalation/reconcile-escalations.ts";
import { notifyAfterChange } from "../paging/notify-after-change.ts";
import { flushGroup } from "./flush-group.ts";

/** Maximum number of groups per transaction: few enough that acknowledging one of them hardly waits. */
const batch = 20;

/**
 * Evaluates due groups: decides, records, adds messages to the outbox and starts escalations, all in one transaction, so that a worker
 * that dies has sent nothing that is not recorded. What follows from a page, such as its incident, comes after it (../paging).
 * @param only one group, after a batch with it failed
 * @returns the number evaluated; none while someone else changes alerts of the workspace
 */
export function flushGroups(ctx: Context, { now, only }: { now: number; only?: string }): Promise<number> {
  return transact(ctx, async (ctx) => {
    if (!(await tryLockAlerts(ctx))) return 0;
    const due = await ctx.db
      .select()
      .from(alertGroups)
      .where(
        and(
          eq(alertGroups.workspaceId, ctx.actor.workspaceId),
          only === undefined ? undefined : eq(alertGroups.id, only),
          isNull(alertGroups.endedAt),
          lte(alertGroups.nextFlushAt, new Date(now)),
        ),
      )
      .orderBy(alertGroups.nextFlushAt, alertGroups.id)
      .limit(batch)
      .for("update", { skipLocked: true });
    if (due.length === 0) return 0;
    const muting = await loadMuting(ctx, now);
    const changed = await refreshGroups(ctx, due, muting, notifyAfterChange);
    for (const fresh of changed) await flushGroup(ctx, fresh, muting);
    await reconcileEscalations(
      ctx,
      due.map(({ id }) => id),
      now,
    );
    return due.length;
  });
}

/** Returns the ids of due groups, for use after a batch of them has failed. */
export async function dueGroups(ctx: Context, now: number): Promise<string[]> {
  const rows = await ctx.db
    .select({ id: alertGroups.id })
    .from(alertGroups)
    .where(and(eq(alertGroups.workspaceId, ctx.actor.workspaceId), lte(alertGroups.nextFlushAt, new Date(now))))
    .orderBy(alertGroups.nextFlushAt)
    .limit(batch);
  return rows.map(({ id }) => id);
}
