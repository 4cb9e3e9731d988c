import type { silenceRecurrences } from "#db/schema/index.ts";
import { dayMs } from "#server/base/durations.ts";
import type { SilenceRecurrence } from "../../alerting/alerts/silences/contract.ts";
import { occurrences } from "./occurrences.ts";

/** Time range that is searched for the next starts. */
const aheadMs = 200 * dayMs;

/** Converts a stored recurrence to its public form. */
export function recurrenceView(row: typeof silenceRecurrences.$inferSelect, now: number): SilenceRecurrence {
  const { id, rule, startsAt, timeZone, durationMs, comment, createdBy, createdAt, endedAt } = row;
  const of = { rule, startsAt: startsAt.getTime(), timeZone };
  const next = endedAt ? [] : occurrences(of, { from: now, to: Math.max(now, of.startsAt) + aheadMs }).slice(0, 5);
  return {
    id,
    rule,
    startsAt,
    timeZone,
    durationMs,
    comment,
    createdBy,
    createdAt,
    endedAt,
    matchers: row.matchers,
    next: next.map((start) => new Date(start)),
  };
}
