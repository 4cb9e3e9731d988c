import { type ArmCount, byWeight } from "./evaluate-guardrail.ts";
import { twoSidedLogE } from "./rate-ratio.ts";

/** Mismatches are small, so the prior is held close to the configured share. */
const concentration = 100;

/**
 * Computes ln E of "the router delivers the configured weights", from the units of both arms, one factor per step and weight. From
 * 1/α_srm on, routing or counting is broken and no comparison is valid. Units at a weight of 0 or 1 are ignored.
 */
export function sampleRatioLogE(counts: readonly ArmCount[]): number {
  return byWeight(counts, "units")
    .filter(({ weight }) => weight > 0 && weight < 1)
    .reduce((sum, row) => sum + twoSidedLogE(row, concentration), 0);
}
