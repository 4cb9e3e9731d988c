import type { MinuteCounts } from "#server/watch/objectives/indicators/contract.ts";

/** Good may be fractional, so rates are compared with room for its rounding. */
export const rounding = 1e-9;

/**
 * Returns the burn rate of the `length` minutes that end at an index: the share of bad events divided by the share that the target
 * allows (docs/spec/slo.md section 1). Null without traffic.
 */
export function burnRate(counts: MinuteCounts, target: number, index: number, length: number): number | null {
  let [bad, total] = [0, 0];
  for (let at = Math.max(0, index - length + 1); at <= index; at++) {
    total += counts.total[at] ?? 0;
    bad += (counts.total[at] ?? 0) - (counts.good[at] ?? 0);
  }
  return total > 0 ? bad / total / (1 - target) : null;
}

/** Returns whether those minutes were worse than the target. */
export function isWorse(counts: MinuteCounts, target: number, index: number, length: number): boolean {
  return (burnRate(counts, target, index, length) ?? 0) > 1 + rounding;
}
