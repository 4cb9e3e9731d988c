import { and, eq, lt } from "drizzle-orm";
import { alertEvents, alertGroups, alerts, silences } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";

/** docs/spec/alerting.md section 13. */
const keepDays = 400;

/** Job: deletes the history of alerts after 400 days, in every workspace, with the alerts, groups and silences that it concerns. */
export async function deleteOldAlerts(ctx: Context, now = new Date()): Promise<void> {
  const longAgo = new Date(now.getTime() - keepDays * dayMs);
  await ctx.db.delete(alertEvents).where(lt(alertEvents.at, longAgo));
  await ctx.db.delete(alertGroups).where(lt(alertGroups.endedAt, longAgo));
  await ctx.db.delete(alerts).where(and(eq(alerts.isSettled, true), lt(alerts.endsAt, longAgo)));
  await ctx.db.delete(silences).where(lt(silences.endsAt, longAgo));
}
