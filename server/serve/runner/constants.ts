const sumTolerance = 0.01;

/** Whether a row represents probabilities: two or more numbers from 0 to 1 that add up to 1, within 0.01. */
export function isProbabilities(values: readonly unknown[]): values is number[] {
  if (values.length < 2) return false;
  let sum = 0;
  for (const value of values) {
    if (typeof value !== "number" || !(value >= 0 && value <= 1)) return false;
    sum += value;
  }
  return Math.abs(sum - 1) <= sumTolerance;
}
