import type { Table } from "./column.ts";
import type { Binned } from "./equal-width.ts";

/** Converts counts to shares. */
export function sharesOf(counts: readonly number[]): number[] {
  const sum = counts.reduce((total, count) => total + count, 0);
  return counts.map((count) => count / sum);
}

/**
 * Fills empty bins as Evidently does: a millionth of the smallest share if that is at most 1e-4, else 1e-4 (docs/spec/drift.md section
 * 3.2).
 */
function zeroFilled(shares: readonly number[]): number[] {
  const smallest = Math.min(...shares.filter((share) => share > 0));
  const fill = smallest <= 1e-4 ? smallest / 1e6 : 1e-4;
  return shares.map((share) => (share === 0 ? fill : share));
}

/** Computes the population stability index, Σ (p − q) ln(p / q), zeros filled. */
export function compatiblePsi({ reference, current }: Table): number {
  const [p, q] = [zeroFilled(sharesOf(reference)), zeroFilled(sharesOf(current))];
  return p.reduce((sum, own, bin) => sum + (own - (q[bin] as number)) * Math.log(own / (q[bin] as number)), 0);
}

/** Computes the Kullback–Leibler divergence of the current side from the reference, zeros filled, shares normalised again. */
export function compatibleKl({ reference, current }: Table): number {
  const [p, q] = [sharesOf(zeroFilled(sharesOf(reference))), sharesOf(zeroFilled(sharesOf(current)))];
  return p.reduce((sum, own, bin) => sum + own * Math.log(own / (q[bin] as number)), 0);
}

/** Computes the Jensen–Shannon distance by the natural logarithm. */
export function jensenShannon({ reference, current }: Table): number {
  const [p, q] = [sharesOf(reference), sharesOf(current)];
  let sum = 0;
  for (const [bin, own] of p.entries()) {
    const other = q[bin] as number;
    const middle = (own + other) / 2;
    if (own > 0) sum += own * Math.log(own / middle);
    if (other > 0) sum += other * Math.log(other / middle);
  }
  return Math.sqrt(Math.max(0, sum / 2));
}

/** Computes the Hellinger distance of levels, from Bhattacharyya's coefficient. */
export function hellingerOfLevels({ reference, current }: Table): number {
  const [p, q] = [sharesOf(reference), sharesOf(current)];
  const overlap = p.reduce((sum, own, level) => sum + Math.sqrt(own * (q[level] as number)), 0);
  return Math.sqrt(1 - Math.min(1, Math.max(0, overlap)));
}

/** Computes the Hellinger distance of numbers, as Evidently does from densities: `binned` has edges of sturgesEdges(distinct values). */
export function hellingerOfNumbers({ edges, reference, current }: Binned & { edges: Float64Array }): number {
  const bins = edges.length - 1;
  const width = ((edges[bins] as number) - (edges[0] as number)) / bins;
  const [p, q] = [sharesOf(reference), sharesOf(current)];
  let overlap = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    const own = (edges[bin + 1] as number) - (edges[bin] as number);
    overlap += Math.sqrt(((p[bin] as number) / own) * ((q[bin] as number) / own)) * width;
  }
  return Math.sqrt(1 - Math.min(1, Math.max(0, overlap)));
}

/** Computes half the sum of the absolute differences of shares. */
export function totalVariation({ reference, current }: Table): number {
  const [p, q] = [sharesOf(reference), sharesOf(current)];
  return p.reduce((sum, own, level) => sum + Math.abs(own - (q[level] as number)), 0) / 2;
}
