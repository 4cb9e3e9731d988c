import { and, eq, lt } from "drizzle-orm";
import { alertEvents, alertGroups, alerts, silences } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";

/** docs/spec/alerting.md section 13. */
const keepDays = 400;

/** Job: deletes the history of alerts after 400 days, in every workspace, with the alerts, groups and silences that it concerns. */
export async function deleteOldAlerts(
  { db }: Context,
  now = new Date(),
  attempt: Attempt = attemptOnce,
): Promise<void> {
  const longAgo = new Date(now.getTime() - keepDays * dayMs);
  const isOver = and(eq(alerts.isSettled, true), lt(alerts.endsAt, longAgo));
  await attempt({ id: "events" }, () => db.delete(alertEvents).where(lt(alertEvents.at, longAgo)));
  await attempt({ id: "groups" }, () => db.delete(alertGroups).where(lt(alertGroups.endedAt, longAgo)));
  await attempt({ id: "alerts" }, () => db.delete(alerts).where(isOver));
  await attempt({ id: "silences" }, () => db.delete(silences).where(lt(silences.endsAt, longAgo)));
}
