import { minuteMs } from "#server/base/durations.ts";
import type { MinuteCounts } from "#server/watch/objectives/indicators/contract.ts";
import { isWorse } from "./burn-rate.ts";

/** So many minutes without a failure do not end what goes on: with few requests not each minute has one. */
const bridged = 5;

/**
 * The first minute from which an indicator stayed worse than its target until it was found (docs/spec/alerting.md section 20). A minute counts
 * as worse when it is, or when the five that end with it are together; minutes without traffic say nothing.
 * @param detectedAt milliseconds since 1970 @returns the beginning of that minute; null where the indicator was not worse before
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
