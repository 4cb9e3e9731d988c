import { ArgumentError } from "../argument-error.ts";
import type { ProportionInterval } from "../proportion.ts";
import { seededRandom } from "../random.ts";
import { type ClassProbabilities, countRows, requireLabels } from "./class-probabilities.ts";
import { minThreshold, noThreshold } from "./class-thresholds.ts";
import { type ConfidentJoint, likelyClass, likelyClasses } from "./confident-joint.ts";

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
  const shares = Float64Array.from(resampledShares(labels, probabilities, { resamples, seed })).sort();
  // As many resamples lie outside on both sides; shares of them are rounded despite floating point.
  const outside = Math.min(Math.floor(((1 - level) / 2) * resamples + 1e-9), Math.ceil(resamples / 2) - 1);
  return { low: shares[outside] as number, high: shares[resamples - 1 - outside] as number };
}

/**
 * Computes the share of wrong labels of each resample, without rounding the joint. All thresholds are drawn first. Most rows count for the same class
 * at the lowest and at the highest of them, so only the others are looked at in each resample.
 */
function resampledShares(
  labels: ArrayLike<number>,
  probabilities: ClassProbabilities,
  { resamples, seed }: { resamples: number; seed: number },
): number[] {
  const { values, classes } = probabilities;
  const rows = values.length / classes;
  const own = Float64Array.from(
    { length: rows },
    (_, row) => values[row * classes + (labels[row] as number)] as number,
  );
  const given = Array.from({ length: resamples }, () => new Float64Array(classes));
  const random = seededRandom(seed);
  const thresholds = given.map((counts) => {
    const sums = new Float64Array(classes);
    for (let draw = 0; draw < rows; draw += 1) {
      const row = Math.floor(random() * rows);
      const label = labels[row] as number;
      sums[label] = (sums[label] as number) + (own[row] as number);
      counts[label] = (counts[label] as number) + 1;
    }
    return sums.map((sum, k) => {
      const count = counts[k] as number;
      return count > 0 ? Math.max(minThreshold, sum / count) : noThreshold;
    });
  });
  const bound = (choose: (a: number, b: number) => number) =>
    Float64Array.from({ length: classes }, (_, k) =>
      thresholds.map((one) => one[k] as number).reduce((a, b) => choose(a, b)),
    );
  const [lowest, highest] = [bound(Math.min), bound(Math.max)];
  const [least, most] = [likelyClasses(probabilities, lowest), likelyClasses(probabilities, highest)];
  // By row: 3 × label, plus 0 for a row that counts for no class, 1 for its label, 2 for another; −1 where that depends on the thresholds.
  const cells = Int32Array.from({ length: rows }, (_, row) =>
    least[row] === most[row] ? cellOf(labels[row] as number, least[row] as number) : -1,
  );
  // The same numbers once more draw the same rows.
  const again = seededRandom(seed);
  return thresholds.map((limits, resample) => {
    const counts = new Float64Array(3 * classes);
    for (let draw = 0; draw < rows; draw += 1) {
      const row = Math.floor(again() * rows);
      let cell = cells[row] as number;
      if (cell < 0) cell = cellOf(labels[row] as number, likelyClass(probabilities, limits, row));
      counts[cell] = (counts[cell] as number) + 1;
    }
    return shareOf(counts, given[resample] as Float64Array);
  });
}

function cellOf(label: number, likely: number): number {
  if (likely < 0) return 3 * label;
  return 3 * label + (likely === label ? 1 : 2);
}

/** Computes the share of wrong labels from how many rows of each label count for it and for others. */
function shareOf(counts: Float64Array, given: Float64Array): number {
  const rows = given.reduce((sum, count) => sum + count, 0);
  let share = 0;
  for (let k = 0; k < given.length; k += 1) {
    // As in the joint, the diagonal has at least one row.
    const correct = Math.max(1, counts[3 * k + 1] as number);
    const wrong = counts[3 * k + 2] as number;
    share += ((given[k] as number) / rows) * (wrong / (wrong + correct));
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
