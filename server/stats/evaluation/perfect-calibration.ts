import { ArgumentError } from "../argument-error.ts";
import { normalFrom, seededRandom } from "../random.ts";
import { equalWidthBin } from "./calibration-metrics.ts";

/** Expected calibration error that a perfectly calibrated model shows on so many rows by chance. */
export interface PerfectCalibration {
  mean: number;
  /** 95% of such models show less. Only a model above it is miscalibrated. */
  limit: number;
}

/** Hits of bins with more rows are normal for all purposes. */
const maxDrawnRows = 500;

/**
 * Simulates the expected calibration error of a perfectly calibrated model with the same scores: outcomes are drawn by the scores. It is not
 * 0, because shares of few rows scatter: about 0.10 of 100 rows and 0.03 of 1,000 (docs/spec/evaluation.md section 3.3).
 * @param scores probabilities of the predicted class @param draws number of simulated sets @returns null without rows
 * @throws ArgumentError for scores outside of 0 to 1, or draws that are no whole number from 1 to 100,000
 */
export function perfectCalibration(
  scores: ArrayLike<number>,
  { bins = 10, draws = 200, seed = 1 }: { bins?: number; draws?: number; seed?: number } = {},
): PerfectCalibration | null {
  if (!(Number.isInteger(draws) && draws >= 1 && draws <= 100_000)) {
    throw new ArgumentError("The number of draws must be a whole number from 1 to 100,000.");
  }
  const rows = scores.length;
  const groups = Array.from({ length: rows === 0 ? 0 : bins }, () => ({ scores: [] as number[], variance: 0 }));
  for (let row = 0; row < rows; row += 1) {
    const score = scores[row] as number;
    const group = groups[equalWidthBin(score, bins)];
    group?.scores.push(score);
    if (group) group.variance += score * (1 - score);
  }
  if (rows === 0) return null;
  const random = seededRandom(seed);
  const errors = Float64Array.from({ length: draws }, () => {
    let error = 0;
    for (const { scores: own, variance } of groups) {
      if (own.length > maxDrawnRows) {
        error += Math.abs(Math.sqrt(variance) * normalFrom(random));
        continue;
      }
      let apart = 0;
      for (const score of own) apart += (random() < score ? 1 : 0) - score;
      error += Math.abs(apart);
    }
    return error / rows;
  }).sort();
  const mean = errors.reduce((sum, error) => sum + error, 0) / draws;
  return { mean, limit: errors[Math.min(draws - 1, Math.ceil(0.95 * draws) - 1)] as number };
}
