import { and, eq, lte } from "drizzle-orm";
import { reports } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { workspaceTimeZone } from "#server/platform/identity/workspaces/time-zone.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { ReportPeriod, reportPeriods } from "./contract.ts";
import { refreshReport } from "./get-report.ts";
import { periodOf, stepped } from "./periods.ts";

/**
 * Job: computes the reports of the current week, month and quarter and of the previous ones, so that pages load without delay, and
 * permanently stores those with complete data. Idempotent.
 */
export async function refreshReports(ctx: Context, now = Date.now(), attempt: Attempt = attemptOnce): Promise<void> {
  const timeZone = await workspaceTimeZone(ctx);
  const usual = reportPeriods.flatMap((period) => {
    const present = periodOf(period, now, timeZone);
    return [present, stepped(present, -1)];
  });
  const stale = await ctx.db
    .select({ period: reports.period, start: reports.start })
    .from(reports)
    .where(
      and(
        eq(reports.workspaceId, ctx.actor.workspaceId),
        eq(reports.isFinal, false),
        lte(reports.computedAt, new Date(now - dayMs)),
      ),
    )
    .limit(50);
  const { workspaceId } = ctx.actor;
  const wanted = new Map<string, { period: string; start: string }>();
  for (const { period, start } of [...usual, ...stale]) wanted.set(`${period} ${start}`, { period, start });
  for (const [name, { period, start }] of wanted) {
    const item = { id: `report ${name} of ${workspaceId}`, workspaceId };
    await attempt(item, () => refreshReport(ctx, { period: ReportPeriod.parse(period), start }, now));
  }
}
