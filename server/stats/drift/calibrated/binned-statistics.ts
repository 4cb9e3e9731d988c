import { binnedKs, binnedWasserstein } from "./binned-distances.ts";
import { type BinGroups, decisionBins, regroup, wantedBins } from "./decision-bins.ts";
import { smoothedPsi } from "./distances.ts";

/** Reference of a numeric feature by its bins. */
export interface BinnedReference {
  bins: ArrayLike<number>;
  edges: ArrayLike<number>;
  min: number;
  max: number;
  count: number;
  m2: number;
}

/** The same of a span of time. */
export interface BinnedSpan {
  bins: ArrayLike<number>;
  min: number;
  max: number;
}

/** All four distances of a numeric feature that can be computed from its stored state (docs/spec/drift.md sections 5.3 and 6.1). */
export interface BinnedStatistics {
  psi: number;
  ks: number;
  /** In standard deviations of the reference. */
  wasserstein: number;
  /** Over decision bins, too: over all stored ones it is mostly noise. Natural logarithm. */
  jensenShannon: number;
}

/** Computes PSI over decision bins, Kolmogorov–Smirnov's D, normalised Wasserstein and Jensen–Shannon of one feature, without its rows. */
export function binnedStatistics(
  reference: BinnedReference,
  span: BinnedSpan,
  groups: BinGroups = decisionBins(reference.bins, wantedBins),
): BinnedStatistics {
  const sides = { reference: reference.bins, current: span.bins };
  const grouped = { reference: regroup(reference.bins, groups), current: regroup(span.bins, groups) };
  const range = { min: Math.min(reference.min, span.min), max: Math.max(reference.max, span.max) };
  const deviation = Math.max(Math.sqrt(reference.m2 / reference.count), 0.001);
  return {
    psi: smoothedPsi(grouped.reference, grouped.current),
    ks: binnedKs(sides).d,
    wasserstein: binnedWasserstein(sides, { edges: reference.edges, range }) / deviation,
    jensenShannon: binnedJensenShannon(grouped.reference, grouped.current),
  };
}

/** Computes the Jensen–Shannon distance of two histograms over the same bins, in one pass; NaN when a side is empty. */
function binnedJensenShannon(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  let [n, m] = [0, 0];
  for (let bin = 0; bin < reference.length; bin += 1) {
    n += reference[bin] as number;
    m += current[bin] as number;
  }
  let sum = 0;
  for (let bin = 0; bin < reference.length; bin += 1) {
    const p = (reference[bin] as number) / n;
    const q = (current[bin] as number) / m;
    const middle = (p + q) / 2;
    if (p > 0) sum += p * Math.log(p / middle);
    if (q > 0) sum += q * Math.log(q / middle);
  }
  return Math.sqrt(Math.max(0, sum / 2));
}
