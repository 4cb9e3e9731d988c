/** A p-value, and its part of the false alarms; all parts add up to 1. */
export interface WeightedPValue {
  pValue: number;
  weight: number;
}

/** Larger p-values count as this one: at 1 the combination would be 1, whatever the others say. */
const largest = 0.9;

/**
 * Combines p-values of dependent tests: Σ weight · cot(π p) follows a Cauchy distribution in its tail, however the tests depend on each
 * other (Liu and Xie, "Cauchy combination test", Journal of the American Statistical Association 115, 2020). A single small p-value
 * gives about p / weight.
 */
export function cauchyCombination(parts: readonly WeightedPValue[]): number {
  let sum = 0;
  for (const { pValue, weight } of parts)
    sum += weight / Math.tan(Math.PI * Math.min(largest, Math.max(pValue, 1e-300)));
  return Math.atan2(1, sum) / Math.PI;
}
