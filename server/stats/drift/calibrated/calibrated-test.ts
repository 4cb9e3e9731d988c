import type { OrderedTest } from "./ordered-test.ts";

/** Result of a calibrated test in one window (docs/spec/drift.md section 6). */
export interface CalibratedTest {
  /** Value drawn next to its threshold: on the scale of PSI for distributions, the share of rows for shares. */
  statistic: number;
  /**
   * What lies above it is an alarm; with an ordered test, what lies below may be one, too. Depends on the window's rows, so it is a curve
   * over time; infinite where nothing can alarm.
   */
  line: number;
  /** Probability of what was seen, or more, without drift, by all tests together; 1 where there was no test. Drift is p ≤ α. */
  pValue: number;
  /** Degrees of freedom; 0 where the null is not a chi-square one. */
  degrees: number;
  isDrift: boolean;
  method: CalibratedMethod;
  /** Population stability index, or its equivalent for a table of counts. */
  psi?: number;
  /** The same less what is expected without drift; never below 0. The floor of materiality is compared with it. */
  psiNet?: number;
  /** The test of the order of values beside PSI, for numeric features. */
  ordered?: OrderedTest;
}

export type CalibratedMethod =
  /** The line of a chi-square. */
  | "chi-square"
  /** The line of an F distribution: rows are not independent, and their dispersion was measured. */
  | "f"
  /** Simulated from the exact null where the chi-square line does not reach. */
  | "monte-carlo"
  /** Computed from how a permutation of all rows deals out each cell. */
  | "permutation"
  /** Every table of two cells counted out. */
  | "exact"
  | "hypergeometric"
  | "beta-binomial"
  /** Rows of unseen levels, which come in clumps. */
  | "clumped"
  /** Fewer than 50 rows on either side: no verdict. */
  | "too-few-rows"
  /** The same single value on both sides: any other would have been another cell. */
  | "constant"
  /** Fewer than two cells although values differ: cannot be tested, which is no verdict. */
  | "no-test";

/** Minimum number of rows on either side for a verdict (docs/spec/drift.md section 6.6). */
export const minRows = 50;

/** Returns the result where nothing could be compared. */
export function noVerdict(method: "too-few-rows" | "no-test" | "constant"): CalibratedTest {
  return { statistic: 0, line: Number.POSITIVE_INFINITY, pValue: 1, degrees: 0, isDrift: false, method };
}

/** Sums counts. */
export function total(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < counts.length; index += 1) sum += counts[index] as number;
  return sum;
}

/** Returns 1/n + 1/m: the factor that converts a chi-square to the scale of PSI. */
export function psiScale(referenceRows: number, rows: number): number {
  return 1 / referenceRows + 1 / rows;
}

/** Subtracts from PSI its expected value without drift, (B − 1)(1/n + 1/m); never below 0 (docs/spec/drift.md section 6.1). */
export function netOfNoise(psi: number, degrees: number, scale: number): number {
  return Math.max(0, psi - degrees * scale);
}
