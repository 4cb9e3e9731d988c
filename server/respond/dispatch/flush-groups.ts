import { and, eq, isNull, lte } from "drizzle-orm";
import { alertGroups } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { loadMuting } from "../../alerting/alerts/groups/muting.ts";
import { refreshGroups } from "../../alerting/alerts/groups/refresh-groups.ts";
import { tryLockAlerts } from "../../alerting/alerts/lock-alerts.ts";
import { notifyAfterChange } from "../paging/notify-after-change.ts";
import { flushGroup } from "./flush-group.ts";

/** Groups of one transaction: few enough that whoever acknowledges one of them hardly waits. */
const batch = 20;

/**
 * Looks at groups whose time has come: decides, writes down, and puts messages into the outbox, all in one transaction, so that a worker
 * that dies told nothing that it does not know of.
 * @param only one group, after a batch with it failed
 * @returns how many were looked at; none while somebody else changes alerts of the workspace
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
    return due.length;
  });
}

/** Ids of groups that are due, for when a batch of them failed. */
export async function dueGroups(ctx: Context, now: number): Promise<string[]> {
  const rows = await ctx.db
    .select({ id: alertGroups.id })
    .from(alertGroups)
    .where(and(eq(alertGroups.workspaceId, ctx.actor.workspaceId), lte(alertGroups.nextFlushAt, new Date(now))))
    .orderBy(alertGroups.nextFlushAt)
    .limit(batch);
  return rows.map(({ id }) => id);
}
