/** The middle value, the mean of the two middle ones for an even number; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Scales a median absolute deviation to the standard deviation of a normal distribution: 1 / Φ⁻¹(3/4). */
const normalConsistency = 1.4826;

/** Spread that outliers cannot move: the median distance from the median, scaled to a standard deviation. */
export function robustDeviation(values: readonly number[]): number {
  const centre = median(values);
  return normalConsistency * median(values.map((value) => Math.abs(value - centre)));
}

/**
 * Standard deviation of the noise around a trend, read from the differences of neighbours, which the trend hardly moves:
 * the difference of two independent values has √2 times their deviation.
 */
export function noiseAroundTrend(values: readonly number[]): number {
  const steps = values.slice(1).map((value, index) => value - (values[index] ?? value));
  return steps.length === 0 ? 0 : robustDeviation(steps) / Math.SQRT2;
}
