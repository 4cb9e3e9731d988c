import { ArgumentError } from "../argument-error.ts";
import type { ProportionInterval } from "../proportion.ts";
import { type Random, seededRandom } from "../random.ts";
import { type ClassProbabilities, countRows, requireLabels } from "./class-probabilities.ts";
import { minThreshold, noThreshold } from "./class-thresholds.ts";
import { type ConfidentJoint, likelyClasses } from "./confident-joint.ts";

/** How an interval is drawn: the same seed gives the same one. */
export interface NoiseResampling {
  resamples?: number;
  seed?: number;
  level?: number;
}

const maxResamples = 10_000;

/**
 * Computes the interval of the share of wrong labels: the percentiles over rows drawn anew with replacement, each time with thresholds and joint of
 * their own (docs/spec/labelling.md section 8.3). 200 resamples of 100,000 rows and 10 classes take about half a second.
 * @returns null when there are no rows
 * @throws ArgumentError for labels or probabilities that are none, a level outside 0 to 1, or not 1 to 10,000 resamples
 */
export function wrongShareInterval(
  labels: ArrayLike<number>,
  probabilities: ClassProbabilities,
  { resamples = 200, seed = 1, level = 0.95 }: NoiseResampling = {},
): ProportionInterval | null {
  const rows = countRows(probabilities);
  requireLabels(labels, rows, probabilities.classes);
  if (!(level > 0 && level < 1)) throw new ArgumentError("A level must be between 0 and 1.");
  if (!(Number.isInteger(resamples) && resamples >= 1 && resamples <= maxResamples)) {
    throw new ArgumentError("There must be 1 to 10,000 resamples.");
  }
  if (rows === 0) return null;
  const random = seededRandom(seed);
  const shares = Float64Array.from({ length: resamples }, () =>
    shareOf(labels, probabilities, drawnTimes(rows, random)),
  ).sort();
  const at = (share: number) => shares[Math.min(resamples - 1, Math.floor(share * resamples))] as number;
  return { low: at((1 - level) / 2), high: at((1 + level) / 2) };
}

/** Draws rows with replacement. @returns how often each was drawn */
function drawnTimes(rows: number, random: Random): Int32Array {
  const times = new Int32Array(rows);
  for (let draw = 0; draw < rows; draw += 1) {
    const row = Math.floor(random() * rows);
    times[row] = (times[row] as number) + 1;
  }
  return times;
}

/** Computes the share of wrong labels of rows that count several times, without rounding the joint. */
function shareOf(labels: ArrayLike<number>, probabilities: ClassProbabilities, times: Int32Array): number {
  const { values, classes } = probabilities;
  const [sums, given] = [new Float64Array(classes), new Float64Array(classes)];
  for (let row = 0; row < times.length; row += 1) {
    const [label, count] = [labels[row] as number, times[row] as number];
    sums[label] = (sums[label] as number) + count * (values[row * classes + label] as number);
    given[label] = (given[label] as number) + count;
  }
  const thresholds = sums.map((sum, k) => {
    const count = given[k] as number;
    return count > 0 ? Math.max(minThreshold, sum / count) : noThreshold;
  });
  const likely = likelyClasses(probabilities, thresholds);
  const [counted, correct] = [new Float64Array(classes), new Float64Array(classes)];
  for (let row = 0; row < times.length; row += 1) {
    const [label, guess] = [labels[row] as number, likely[row] as number];
    if (guess < 0) continue;
    counted[label] = (counted[label] as number) + (times[row] as number);
    if (guess === label) correct[label] = (correct[label] as number) + (times[row] as number);
  }
  let share = 0;
  for (let k = 0; k < classes; k += 1) {
    // As in the joint, the diagonal has at least one row.
    const diagonal = Math.max(1, correct[k] as number);
    const all = (counted[k] as number) - (correct[k] as number) + diagonal;
    share += ((given[k] as number) / times.length) * (1 - diagonal / all);
  }
  return share;
}

/** Rows that were given one class and are likely of another. */
export interface ClassPair {
  given: number;
  likely: number;
  count: number;
}

/** Returns the pairs of classes that are mixed up most, by the number of rows, without those of none. */
export function classPairs({ calibrated, classes }: Pick<ConfidentJoint, "calibrated" | "classes">): ClassPair[] {
  const pairs: ClassPair[] = [];
  for (let at = 0; at < calibrated.length; at += 1) {
    const [given, likely, count] = [Math.floor(at / classes), at % classes, calibrated[at] as number];
    if (given !== likely && count > 0) pairs.push({ given, likely, count });
  }
  return pairs.sort((a, b) => b.count - a.count);
}

/**
 * Computes for each class the share of rows labelled with it that the joint puts into others, as `labelGain` takes it; 0 without rows.
 * @throws ArgumentError for a joint of another number of classes
 */
export function classNoise({ calibrated, classes }: Pick<ConfidentJoint, "calibrated" | "classes">): number[] {
  if (!(classes ** 2 === calibrated.length))
    throw new ArgumentError("A joint must have a cell for each pair of classes.");
  return Array.from({ length: classes }, (_, k) => {
    let sum = 0;
    for (let j = 0; j < classes; j += 1) sum += calibrated[k * classes + j] ?? 0;
    return sum > 0 ? 1 - (calibrated[k * classes + k] ?? 0) / sum : 0;
  });
}
