import { minuteMs } from "#server/base/durations.ts";
import type { MinuteCounts } from "#server/watch/objectives/indicators/contract.ts";
import { burnRate, isWorse, rounding } from "./burn-rate.ts";

const windowMinutes = 5;
/** Time for which the burn rate must have been below 1 (docs/spec/alerting.md section 19). */
export const recoveryMinutes = 15;

/**
 * Returns the time at which the impact ended: BR(5 min) is below 1 at each of the last 15 minutes, of which at least one had traffic.
 * @param counts up to the end of the last complete minute
 * @returns the end of the last minute that was worse than the target before that; null while the impact lasts
 */
export function belowTargetSince(counts: MinuteCounts, target: number): number | null {
  const length = counts.total.length;
  if (length < recoveryMinutes + windowMinutes) return null;
  let hasTraffic = false;
  for (let index = length - recoveryMinutes; index < length; index++) {
    if (burns(counts, target, index)) return null;
    hasTraffic ||= (counts.total[index] ?? 0) > 0;
  }
  if (!hasTraffic) return null;
  let index = length - recoveryMinutes - 1;
  while (index >= 0 && !burns(counts, target, index)) index--;
  while (index >= 0 && !isWorse(counts, target, index, 1)) index--;
  return counts.start + (index + 1) * minuteMs;
}

/** Returns whether the burn rate is 1 or higher: recovery requires a lower one. */
function burns(counts: MinuteCounts, target: number, index: number): boolean {
  return (burnRate(counts, target, index, windowMinutes) ?? 0) >= 1 - rounding;
}
