/** Replaces the one budgeted alarm where a quiet period is promised with 95%: −ln 0.95 of one. */
const strictAlarms = -Math.log(0.95);

/**
 * Computes the false-alarm probability of each of `tests` equal tests of a window, so that all of them together raise on average at
 * most one false alarm in the given number of weeks: α = share / (N · w · d). Valid for dependent tests and overlapping windows.
 * 4 weeks, 168 windows, 30 tests: 4.96e-5.
 * @param options.share part of the budget that these tests have; 1 by default, shares of all kinds of tests add up to 1.
 * @param options.isStrict guarantees a period without false alarms with 95% instead of one alarm on average.
 */
export function alphaOf(options: {
  weeks: number;
  windowsPerWeek: number;
  tests: number;
  share?: number;
  isStrict?: boolean;
}): number {
  const { weeks, tests, share = 1, isStrict = false } = options;
  return ((isStrict ? strictAlarms : 1) * share) / (weeks * options.windowsPerWeek * Math.max(1, tests));
}

/** Shares of the budget by kind of test (docs/spec/drift.md section 7). */
export const budgetShares = { distribution: 0.65, missing: 0.1, unseen: 0.1, prediction: 0.1, slow: 0.05 } as const;

/**
 * Returns the indices of the tests listed as changed in an alarmed window, so that on average at most a share q of the list is false
 * (Benjamini and Hochberg 1995): all up to the largest i with p(i) ≤ i · q / K.
 * @returns indices in `pValues`, smallest p first.
 */
export function benjaminiHochberg(pValues: readonly number[], q = 0.1): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[a] ?? 1) - (pValues[b] ?? 1));
  const last = order.findLastIndex((index, rank) => (pValues[index] ?? 1) <= ((rank + 1) * q) / pValues.length);
  return order.slice(0, last + 1);
}
