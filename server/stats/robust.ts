/** Computes the median, the mean of the two middle values for an even number; NaN for no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Scales a median absolute deviation to the standard deviation of a normal distribution: 1 / Φ⁻¹(3/4). */
const normalConsistency = 1.4826;

/** Computes a spread that is robust to outliers: the median distance from the median, scaled to a standard deviation. */
export function robustDeviation(values: readonly number[]): number {
  const centre = median(values);
  return normalConsistency * median(values.map((value) => Math.abs(value - centre)));
}

/**
 * Computes the standard deviation of the noise around a trend, from the differences of neighbours, which the trend hardly affects: the
 * difference of two independent values has √2 times their deviation.
 */
export function noiseAroundTrend(values: readonly number[]): number {
  const steps = values.slice(1).map((value, index) => value - (values[index] ?? value));
  return steps.length === 0 ? 0 : robustDeviation(steps) / Math.SQRT2;
}
