import { chiSquareTail } from "../../chi-square.ts";
import { type WeightedPart, weightedChiSquareTail } from "../../weighted-chi-square.ts";

/** Result of the ordered test. */
export interface OrderedTest {
  /** Anderson and Darling's statistic, cut off after its sixth component. */
  statistic: number;
  pValue: number;
  /** Standardised shift of the ranks: positive where the window has larger values; the first component. */
  shift: number;
}

/** Components: location, scale, skewness and three finer ones. What is finer than these is left to PSI. */
const maxComponents = 6;
/** Stored bins are joined to at most so many cells: finer ones cost time and find nothing more. */
const maxCells = 128;

/**
 * Tests whether a feature whose values have an order is distributed as in the reference: Anderson and Darling's two-sample statistic as
 * the sum of its components, Σ z_k² / (k (k + 1)) (Durbin and Knott, "Components of Cramér–von Mises statistics", 1972; Pettitt, "A
 * two-sample Anderson–Darling rank statistic", 1976; docs/spec/drift.md section 6.5). z_k is a rank statistic by the k-th orthonormal
 * polynomial of the pooled cells: under a permutation of all rows the z_k have mean 0, variance 1 and no correlation, whatever the ties.
 * @param reference counts by cell, in the order of the values. @param current counts of the same cells.
 * @returns undefined where both sides have a single cell only.
 */
export function orderedTest(reference: ArrayLike<number>, current: ArrayLike<number>): OrderedTest | undefined {
  const scores = componentsOf(reference, current);
  if (scores.length === 0) return undefined;
  const statistic = scores.reduce((sum, z, at) => sum + z * z * weightOf(at), 0);
  return { statistic, pValue: tailOf(statistic, scores.length), shift: scores[0] as number };
}

/** Returns the weight of the component with this index: 1/2, 1/6, 1/12 … */
function weightOf(at: number): number {
  return 1 / ((at + 1) * (at + 2));
}

/** Parts of the null distribution of the statistic, by the number of components. */
const allParts = Array.from({ length: maxComponents + 1 }, (_, components) =>
  Array.from({ length: components }, (_, at): WeightedPart => ({ weight: weightOf(at), degrees: 1 })),
);

function tailOf(statistic: number, components: number): number {
  const parts = allParts[components] as readonly WeightedPart[];
  return components === 1 ? chiSquareTail(statistic / weightOf(0), 1) : weightedChiSquareTail(statistic, parts);
}

/** Shares, midranks and rows of the cells, and three polynomials: reused, since a window has a thousand features. */
const scratch = Array.from({ length: 6 }, () => new Float64Array(maxCells));

/**
 * Computes the standardised components z_1, z_2 … of the difference of both sides, by Stieltjes' recurrence on the midranks of the pooled
 * cells. There are fewer than six where there are fewer than seven cells.
 */
export function componentsOf(reference: ArrayLike<number>, current: ArrayLike<number>): number[] {
  const [shares, ranks, counts] = scratch as [Float64Array, Float64Array, Float64Array];
  let [before, own, next] = scratch.slice(3) as [Float64Array, Float64Array, Float64Array];
  const { cells, n, m } = pooledRanks(reference, current, { shares, ranks, counts });
  const scale = Math.sqrt((n + m - 1) / (n * m));
  own.fill(1, 0, cells);
  before.fill(0, 0, cells);
  // Midranks have the mean 0.
  let [last, centre] = [0, 0];
  const found: number[] = [];
  for (let k = 0; k < Math.min(maxComponents, cells - 1); k += 1) {
    let squares = 0;
    for (let at = 0; at < cells; at += 1) {
      const value = ((ranks[at] as number) - centre) * (own[at] as number) - last * (before[at] as number);
      next[at] = value;
      squares += (shares[at] as number) * value * value;
    }
    last = Math.sqrt(squares);
    // Ranks lie between −1 and 1: what is left is rounding where all cells are explained.
    if (!(last > 1e-7)) break;
    let z = 0;
    centre = 0;
    for (let at = 0; at < cells; at += 1) {
      const value = (next[at] as number) / last;
      next[at] = value;
      z += (counts[at] as number) * value;
      centre += (shares[at] as number) * (ranks[at] as number) * value * value;
    }
    found.push(z * scale);
    [before, own, next] = [own, next, before];
  }
  return found;
}

/** Joins the bins to at most 128 cells without empty ones: shares of all rows, midranks from −1 to 1, rows of the window. */
function pooledRanks(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  { shares, ranks, counts }: { shares: Float64Array; ranks: Float64Array; counts: Float64Array },
): { cells: number; n: number; m: number } {
  const bins = reference.length;
  const step = Math.ceil(bins / maxCells);
  let [cells, n, m] = [0, 0, 0];
  for (let bin = 0; bin < bins; ) {
    let [r, c] = [0, 0];
    for (const end = Math.min(bins, bin + step); bin < end; bin += 1) {
      r += reference[bin] as number;
      c += current[bin] as number;
    }
    if (r + c === 0) continue;
    shares[cells] = r + c;
    counts[cells] = c;
    cells += 1;
    n += r;
    m += c;
  }
  let below = 0;
  for (let cell = 0; cell < cells; cell += 1) {
    const share = (shares[cell] as number) / (n + m);
    shares[cell] = share;
    ranks[cell] = 2 * below + share - 1;
    below += share;
  }
  return { cells, n, m };
}
