import { betaBinomialLogMixture } from "./mixtures.ts";
import type { Interval } from "./rate-ratio.ts";

/** Point at which the interval is tightest. */
export interface BernoulliTuning {
  /** Count of units. */
  units: number;
  alpha: number;
}

/**
 * Computes the interval of one arm's share of bad units that is valid at all times simultaneously with a probability of 1 − α, for
 * display: all shares that the two-sided beta-binomial mixture does not reject (Howard et al. 2021). About 0.1 ms.
 * @param units at least 1.
 */
export function shareSequence(
  { events, units }: { events: number; units: number },
  alpha: number,
  tuning: BernoulliTuning = { units: 1000, alpha: 0.05 },
): Interval {
  const estimate = events / units;
  const isRejected = (share: number) => {
    const variance = share * (1 - share);
    const at = { v: variance * tuning.units, alpha: tuning.alpha };
    const sum = (estimate - share) * units;
    return betaBinomialLogMixture(sum, variance * units, at, { g: share, h: 1 - share }, 2) > Math.log(1 / alpha);
  };
  const least = 1e-12;
  return {
    low: events === 0 || !isRejected(least) ? 0 : border(least, estimate, isRejected),
    high: events === units || !isRejected(1 - least) ? 1 : border(1 - least, estimate, isRejected),
  };
}

/** Finds the border between a rejected share and one that is not, by bisection. */
function border(rejected: number, kept: number, isRejected: (share: number) => boolean): number {
  let [outside, inside] = [rejected, kept];
  for (let round = 0; round < 60; round += 1) {
    const middle = (outside + inside) / 2;
    if (isRejected(middle)) outside = middle;
    else inside = middle;
  }
  return (outside + inside) / 2;
}
