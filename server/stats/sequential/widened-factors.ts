/**
 * Variance of the counts of two arms beyond that of independent units, as a multiple of their mean: counts of mean μ have a variance of
 * μ · (1 + this). 0 for independent units; 2 where every failure is sent three times; n·ρ where a block of n units has its own rate, with
 * a correlation of ρ within the block.
 */
export interface ArmSpread {
  hits: number;
  misses: number;
}

export const noSpread: ArmSpread = { hits: 0, misses: 0 };

/**
 * Computes what a hit and a miss add to ln E of a bet on the log odds `effect` beyond the boundary r, so that E stays an e-process where
 * hits and misses come in bursts. For independent units these are the logarithms of θ/r and (1−θ)/(1−r), θ = r·eᵈ / (r·eᵈ + 1 − r).
 *
 * With bursts the counts of a block are negative binomial with ln E[(1+A)ˣ] = −(μ/h)·ln(1 − h·A). A bet multiplies by 1 + A for a hit and
 * by 1 − B for a miss. Under the hypothesis, where means are as r to 1 − r, its expectation is at most 1, whatever the means, if
 *
 *     (1 − h·A)^(r/h) · (1 + g·B)^((1−r)/g) ≥ 1          h, g: spread of hits and of misses
 *
 * A is the largest that satisfies it. The effect is divided by the widening of the contrast, which keeps the grid where bets are good.
 * docs/spec/sequential-analysis.md section 3.8.
 */
export function widenedFactors(effect: number, r: number, spread: ArmSpread): { hit: number; miss: number } {
  if (effect < 0) {
    const mirrored = widenedFactors(-effect, 1 - r, { hits: spread.misses, misses: spread.hits });
    return { hit: mirrored.miss, miss: mirrored.hit };
  }
  if (spread.hits === 0 && spread.misses === 0) {
    const scale = Math.log1p(r * Math.expm1(effect));
    return { hit: effect - scale, miss: -scale };
  }
  const miss = -Math.log1p(r * Math.expm1(effect / widening(r, spread)));
  const cost = logPerSpread(-Math.expm1(miss), spread.misses) * ((1 - r) / r);
  // h = 0 is the limit: A = cost.
  const gain = spread.hits === 0 ? cost : -Math.expm1(-spread.hits * cost) / spread.hits;
  return { hit: Math.log1p(gain), miss };
}

/** ln(1 + g·B) / g, and its limit B at g = 0. */
function logPerSpread(loss: number, spread: number): number {
  return spread === 0 ? loss : Math.log1p(spread * loss) / spread;
}

/** Returns the variance of the contrast of hits and misses by that of independent ones: 1 without bursts. */
export function widening(r: number, { hits, misses }: ArmSpread): number {
  return 1 + (1 - r) * hits + r * misses;
}
