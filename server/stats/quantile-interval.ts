import { normalQuantile } from "./normal.ts";

/** A quantile of measured values with its interval. */
export interface QuantileEstimate {
  value: number;
  low: number;
  high: number;
}

const batches = 20;

/**
 * Computes quantiles of values that depend on their neighbours in time, as latencies in a queue do, with intervals that cover the true
 * ones with a probability of `level`. The ends are the quantiles at p ± z·s, where s is the standard error of the share of values up
 * to the quantile (Woodruff, "Confidence intervals for medians and other position measures", JASA 47, 1952). It is estimated from the
 * shares in 20 batches of neighbours, which dependence spreads, and never below that of independent values, √(p(1−p)/n) (batch means:
 * Law, Simulation Modeling and Analysis, section 9.5.3).
 * @param values in the order of time
 * @param shares each between 0 and 1
 * @returns undefined for each when there are no values
 */
export function quantileIntervals(
  values: readonly number[],
  shares: readonly number[],
  level = 0.95,
): (QuantileEstimate | undefined)[] {
  const sorted = Float64Array.from(values).sort();
  const z = normalQuantile(1 - (1 - level) / 2);
  const at = (share: number) =>
    sorted[Math.min(sorted.length, Math.max(1, Math.ceil(share * sorted.length - 1e-9))) - 1] as number;
  return shares.map((share) => {
    if (sorted.length === 0) return undefined;
    const value = at(share);
    const independent = Math.sqrt((share * (1 - share)) / sorted.length);
    const error = Math.max(independent, batchError(values, value));
    return { value, low: at(share - z * error), high: at(share + z * error) };
  });
}

/** Computes the standard error of the share of values up to a limit, from the spread of that share over batches; 0 for too few values. */
function batchError(values: readonly number[], limit: number): number {
  const size = Math.floor(values.length / batches);
  if (size < 5) return 0;
  const shares = Array.from({ length: batches }, (_, batch) => {
    let count = 0;
    for (let index = batch * size; index < (batch + 1) * size; index += 1)
      count += (values[index] as number) <= limit ? 1 : 0;
    return count / size;
  });
  const mean = shares.reduce((sum, share) => sum + share, 0) / batches;
  const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / (batches - 1);
  return Math.sqrt(variance / batches);
}
