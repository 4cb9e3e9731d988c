import { minuteMs } from "#server/base/durations.ts";
import type { MinuteCounts } from "#server/watch/objectives/indicators/contract.ts";
import { burnRate, isWorse, rounding } from "./burn-rate.ts";

const windowMinutes = 5;
/** How long the burn rate must have been below 1 (docs/spec/alerting.md section 19). */
export const recoveryMinutes = 15;

/**
 * Since when the impact is over: BR(5 min) below 1 at each of the last 15 minutes, of which at least one had traffic.
 * @param counts up to the end of the last whole minute
 * @returns the end of the last minute that was worse than the target before it became calm; null while it is not over
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

/** Whether it burns at 1 or faster: only what is below is over. */
function burns(counts: MinuteCounts, target: number, index: number): boolean {
  return (burnRate(counts, target, index, windowMinutes) ?? 0) >= 1 - rounding;
}
