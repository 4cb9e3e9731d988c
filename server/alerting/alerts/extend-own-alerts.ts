import { and, eq, lt, notLike } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { alerts } from "#db/schema/index.ts";
import { minuteMs } from "#server/base/durations.ts";

const extendMs = 10 * minuteMs;

/**
 * Extends the firing alerts of Leeway's own rules, in every workspace, while no worker evaluates these rules: nobody knows that they are
 * resolved. Alerts from outside end as their senders say.
 * @param now ms since 1970
 */
export async function extendOwnAlerts(db: Database, now: number): Promise<void> {
  const isExpiring = lt(alerts.endsAt, new Date(now + extendMs / 2));
  await db
    .update(alerts)
    .set({ endsAt: new Date(now + extendMs) })
    .where(and(eq(alerts.isEnded, false), notLike(alerts.ruleKey, "external:%"), isExpiring));
}
