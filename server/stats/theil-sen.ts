import { normalQuantile } from "./normal.ts";
import { median } from "./robust.ts";

/** Slope of a straight line, in units of y per unit of x, and the interval that covers the true one with the requested probability. */
export interface SlopeEstimate {
  slope: number;
  low: number;
  high: number;
}

/**
 * Computes the median of the slopes between all pairs of points, and its interval by the normal approximation of Kendall's S with its
 * variance for ties. Sen, "Estimates of the regression coefficient based on Kendall's tau", JASA 63, 1968; ranks are rounded as in
 * scipy.stats.theilslopes. Up to 29% of the points may be arbitrary without moving it far.
 * @param x,y of the same length
 * @param level the probability with which such intervals cover the true slope
 * @param inflation factor by which the variance of S exceeds that of independent values (autocorrelationInflation())
 * @returns NaN when no two points differ in x
 */
export function theilSen(x: readonly number[], y: readonly number[], level = 0.95, inflation = 1): SlopeEstimate {
  const slopes = slopesOf(x, y);
  const deviation = Math.sqrt(Math.max(0, inflation * varianceOfS(x, y)));
  const reach = normalQuantile(1 - (1 - level) / 2) * deviation;
  const at = (index: number) => slopes[Math.min(slopes.length - 1, Math.max(0, index))] ?? Number.NaN;
  const low = at(roundHalfToEven((slopes.length - reach) / 2) - 1);
  return { slope: median([...slopes]), low, high: at(roundHalfToEven((slopes.length + reach) / 2)) };
}

/**
 * Returns the factor by which autocorrelation increases the variance of Kendall's S, at least 1: Hamed & Rao, "A modified Mann-Kendall
 * trend test for autocorrelated data", Journal of Hydrology 204, 1998, from the autocorrelations of the detrended ranks that differ from
 * 0 at 95%.
 * @param x,y evenly spaced in x and sorted by it
 */
export function autocorrelationInflation(x: readonly number[], y: readonly number[]): number {
  const count = y.length;
  const { slope } = theilSen(x, y);
  const ranks = ranksOf(y.map((value, index) => value - slope * (x[index] as number)));
  const mean = (count + 1) / 2;
  const product = (lag: number) =>
    ranks.slice(lag).reduce((sum, rank, index) => sum + (rank - mean) * ((ranks[index] as number) - mean), 0);
  const total = product(0);
  if (!(total > 0) || count < 4) return 1;
  let weighted = 0;
  for (let lag = 1; lag < count - 2; lag += 1) {
    const correlation = product(lag) / total;
    if (Math.abs(correlation) > 1.96 / Math.sqrt(count))
      weighted += (count - lag) * (count - lag - 1) * (count - lag - 2) * correlation;
  }
  return Math.max(1, 1 + (2 * weighted) / (count * (count - 1) * (count - 2)));
}

function slopesOf(x: readonly number[], y: readonly number[]): Float64Array {
  const slopes: number[] = [];
  for (let right = 0; right < x.length; right += 1) {
    for (let left = 0; left < right; left += 1) {
      const run = (x[right] as number) - (x[left] as number);
      if (run !== 0) slopes.push(((y[right] as number) - (y[left] as number)) / run);
    }
  }
  return Float64Array.from(slopes).sort();
}

function varianceOfS(x: readonly number[], y: readonly number[]): number {
  const term = (count: number) => count * (count - 1) * (2 * count + 5);
  const ties = (values: readonly number[]) =>
    [...Map.groupBy(values, (value) => value).values()].reduce((sum, same) => sum + term(same.length), 0);
  return (term(y.length) - ties(x) - ties(y)) / 18;
}

/** Computes ranks, starting at 1; equal values share their mean rank. */
function ranksOf(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return values.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2 + 1);
}

function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest === 0.5 ? below + (below % 2) : below + (rest > 0.5 ? 1 : 0);
}
