import { studentQuantile } from "./student-t.ts";

export interface MeanDifference {
  estimate: number;
  low: number;
  high: number;
}

/**
 * Computes the mean of `after` minus that of `before` with Welch's interval, for samples with different variances (Welch, "The
 * generalization of Student's problem when several different population variances are involved", Biometrika 34, 1947; freedom by
 * Satterthwaite).
 * @returns undefined with fewer than two values on a side, which are insufficient.
 */
export function welchDifference(
  before: readonly number[],
  after: readonly number[],
  level = 0.95,
): MeanDifference | undefined {
  if (before.length < 2 || after.length < 2) return undefined;
  const [one, other] = [momentsOf(before), momentsOf(after)];
  const estimate = other.mean - one.mean;
  const error = one.error + other.error;
  if (error === 0) return { estimate, low: estimate, high: estimate };
  const freedom = error ** 2 / (one.error ** 2 / (before.length - 1) + other.error ** 2 / (after.length - 1));
  const half = studentQuantile(1 - (1 - level) / 2, freedom) * Math.sqrt(error);
  return { estimate, low: estimate - half, high: estimate + half };
}

/** Computes the mean and its squared standard error. */
function momentsOf(values: readonly number[]): { mean: number; error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: squares / (values.length - 1) / values.length };
}
