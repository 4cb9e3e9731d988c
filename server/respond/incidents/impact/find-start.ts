import { minuteMs } from "#server/base/durations.ts";
import type { MinuteCounts } from "#server/watch/objectives/indicators/contract.ts";
import { isWorse } from "./burn-rate.ts";

/** Number of minutes without a failure that do not end a problem: with few requests not every minute has one. */
const bridged = 5;

/**
 * Finds the first minute from which an indicator stayed worse than its target until the incident was detected (docs/spec/alerting.md
 * section 20). A minute counts as worse if it is itself, or if the five minutes that end with it are in total; minutes without traffic are
 * ignored.
 * @param detectedAt milliseconds since 1970 @returns the start of that minute; null if the indicator was not worse before
 */
export function findStart(counts: MinuteCounts, target: number, detectedAt: number): number | null {
  const last = Math.min(counts.total.length, Math.ceil((detectedAt - counts.start) / minuteMs)) - 1;
  let start: number | null = null;
  for (let index = last; index >= 0; index--) {
    if ((counts.total[index] ?? 0) <= 0) continue;
    if (isWorse(counts, target, index, 1)) start = counts.start + index * minuteMs;
    else if (!isWorse(counts, target, index, bridged)) break;
  }
  return start;
}
