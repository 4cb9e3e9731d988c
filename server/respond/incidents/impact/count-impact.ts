import { minuteMs } from "#server/base/durations.ts";
import type { MinuteCounts } from "#server/watch/objectives/indicators/contract.ts";

export interface CountedImpact {
  badEvents: number;
  events: number;
  /** Σ over minutes of bad / total: ten minutes of total outage are ten. */
  impactMinutes: number;
}

/** Counts the impact between two moments, including every minute that they overlap (docs/spec/alerting.md section 20). */
export function countImpact(counts: MinuteCounts, { from, to }: { from: number; to: number }): CountedImpact {
  const impact = { badEvents: 0, events: 0, impactMinutes: 0 };
  for (const [index, total] of counts.total.entries()) {
    const minute = counts.start + index * minuteMs;
    if (total <= 0 || minute + minuteMs <= from || minute >= to) continue;
    const bad = Math.max(0, total - (counts.good[index] ?? 0));
    impact.badEvents += bad;
    impact.events += total;
    impact.impactMinutes += bad / total;
  }
  return impact;
}
