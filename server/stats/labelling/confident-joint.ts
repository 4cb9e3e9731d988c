import { ArgumentError } from "../argument-error.ts";
import type { ClassProbabilities } from "./class-probabilities.ts";
import { classThresholds } from "./class-thresholds.ts";

/** How often each class was given where another is likely. Tables have a row per given class, with a column per likely class. */
export interface ConfidentJoint {
  classes: number;
  /** By class, as `classThresholds`. */
  thresholds: Float64Array;
  /** Rows that count for a class, at least 1 on the diagonal. */
  counted: Int32Array;
  /** The same scaled to the number of rows labelled with each class, in whole rows. */
  calibrated: Int32Array;
  /** By row: the class for which it counts, −1 for none. */
  likely: Int32Array;
}

/** Tolerance with which a probability reaches a threshold. */
const tolerance = 1e-6;

/**
 * Counts how given and likely classes meet (docs/spec/labelling.md section 8.1). A row counts for the most probable of the classes whose
 * threshold it reaches: Northcutt, Jiang, Chuang, "Confident learning: estimating uncertainty in dataset labels", JAIR 70, 2021, equation 1.
 * @param probabilities of rows that the model was not trained on
 * @throws ArgumentError for labels or probabilities that are none
 */
export function confidentJoint(labels: ArrayLike<number>, probabilities: ClassProbabilities): ConfidentJoint {
  const { classes } = probabilities;
  const thresholds = classThresholds(labels, probabilities);
  const likely = likelyClasses(probabilities, thresholds);
  const [counted, given] = [new Int32Array(classes * classes), new Int32Array(classes)];
  for (let row = 0; row < likely.length; row += 1) {
    const [label, guess] = [labels[row] as number, likely[row] as number];
    given[label] = (given[label] as number) + 1;
    if (guess >= 0) counted[label * classes + guess] = (counted[label * classes + guess] as number) + 1;
  }
  for (let k = 0; k < classes; k += 1) counted[k * classes + k] = Math.max(1, counted[k * classes + k] as number);
  return { classes, thresholds, counted, calibrated: calibratedCounts(counted, given), likely };
}

/**
 * Finds the class for which each row counts; −1 for a row that reaches no threshold.
 * @param thresholds one per class
 * @throws ArgumentError unless rows are whole and each class has a threshold
 */
export function likelyClasses({ values, classes }: ClassProbabilities, thresholds: Float64Array): Int32Array {
  if (thresholds.length !== classes || values.length % classes !== 0) {
    throw new ArgumentError("Each class must have a threshold, and each row a probability of every class.");
  }
  const likely = new Int32Array(values.length / classes);
  for (let row = 0; row < likely.length; row += 1) likely[row] = likelyClass({ values, classes }, thresholds, row);
  return likely;
}

/** Finds the class for which one row counts, as `likelyClasses`. @param row one of the probabilities */
export function likelyClass({ values, classes }: ClassProbabilities, thresholds: Float64Array, row: number): number {
  let [guess, most] = [-1, -1];
  for (let k = 0, at = row * classes; k < classes; k += 1, at += 1) {
    const value = values[at] as number;
    if (value > most && value >= (thresholds[k] as number) - tolerance) [guess, most] = [k, value];
  }
  return guess;
}

/** Scales each row of a table to the number of rows that were given its class, in whole numbers. */
function calibratedCounts(counted: Int32Array, given: Int32Array): Int32Array {
  const classes = given.length;
  const calibrated = new Int32Array(counted.length);
  for (let k = 0; k < classes; k += 1) {
    const row = Array.from(counted.subarray(k * classes, (k + 1) * classes));
    calibrated.set(scaledTo(given[k] as number, row), k * classes);
  }
  return calibrated;
}

/**
 * Scales counts to a total in whole numbers: what rounding down leaves goes to the largest remainders, of equal ones to the later. Remainders are
 * whole numbers too, so that rounding errors decide no tie.
 */
function scaledTo(total: number, counts: readonly number[]): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const scaled = counts.map((count) => Math.floor((count * total) / all));
  const left = total - scaled.reduce((sum, count) => sum + count, 0);
  const remainders = counts.map((count) => (count * total) % all);
  const order = counts
    .map((_, at) => at)
    .sort((a, b) => (remainders[b] as number) - (remainders[a] as number) || b - a);
  for (const at of order.slice(0, left)) scaled[at] = (scaled[at] as number) + 1;
  return scaled;
}

/**
 * Estimates the share of rows whose label is wrong: what of the joint lies off its diagonal (docs/spec/labelling.md section 8.3).
 * @returns 0 when there are no rows
 */
export function wrongShare({ calibrated, classes }: Pick<ConfidentJoint, "calibrated" | "classes">): number {
  let [total, correct] = [0, 0];
  for (let at = 0; at < calibrated.length; at += 1) {
    total += calibrated[at] as number;
    if (at % (classes + 1) === 0) correct += calibrated[at] as number;
  }
  return total > 0 ? 1 - correct / total : 0;
}
