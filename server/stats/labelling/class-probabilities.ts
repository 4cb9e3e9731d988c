import { ArgumentError } from "../argument-error.ts";

/** Probabilities of the classes by row: the values of a row one after the other, as a model's output lies in memory. */
export interface ClassProbabilities {
  values: Float64Array | Float32Array;
  /** The number of classes, at least 1. */
  classes: number;
}

/** The largest probability that is accepted: rounding to 32 bits puts some slightly above 1. */
export const maxProbability = 1 + 1e-6;

/**
 * Counts the rows of probabilities.
 * @throws ArgumentError unless there is at least one class, rows are whole and all values are from 0 to 1
 */
export function countRows({ values, classes }: ClassProbabilities): number {
  requireClasses(classes);
  if (values.length % classes !== 0) throw new ArgumentError("Each row must have a probability of every class.");
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] as number;
    if (!(value >= 0 && value <= maxProbability)) throw new ArgumentError("Probabilities must be from 0 to 1.");
  }
  return values.length / classes;
}

const maxClasses = 10_000;

/** Fails unless a number of classes is whole, from 1 to 10,000, for which a table of all pairs still fits in memory. @throws ArgumentError */
function requireClasses(classes: number): void {
  if (!(Number.isInteger(classes) && classes >= 1 && classes <= maxClasses)) {
    throw new ArgumentError("The number of classes must be whole, from 1 to 10,000.");
  }
}

/** Fails unless there is one label for each row, and all are classes. @throws ArgumentError */
export function requireLabels(labels: ArrayLike<number>, rows: number, classes: number): void {
  if (labels.length !== rows) throw new ArgumentError("Each row must have one label.");
  for (let row = 0; row < rows; row += 1) {
    const label = labels[row] as number;
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new ArgumentError("Labels must be classes from 0 to below the number of classes.");
    }
  }
}

/** Finds the class of the largest of a row's values, which begin at `from`; the smallest class of equal ones. */
export function largestClass(values: ArrayLike<number>, classes: number, from = 0): number {
  let best = 0;
  for (let k = 1; k < classes; k += 1) {
    if ((values[from + k] as number) > (values[from + best] as number)) best = k;
  }
  return best;
}
