import { ArgumentError } from "../argument-error.ts";
import { type ClassProbabilities, countRows, requireLabels } from "./class-probabilities.ts";
import type { ConfidentJoint } from "./confident-joint.ts";
import { labelQuality } from "./label-quality.ts";

/**
 * How rows with a doubtful label are chosen.
 * - `noise-rate`: for each pair of classes, as many rows as the joint says, those whose other class leads most.
 * - `class`: for each class, as many rows as the joint puts elsewhere, those with the lowest probability of the given class.
 * - `both`: rows that both of these choose.
 * - `off-diagonal`: rows that count for another class than the given one.
 * - `best-class`: rows whose most probable class is another one.
 * - `low-margin`, `low-confidence`: the lowest scores of that kind, as many as `off-diagonal` chooses.
 */
export type NoiseFilter =
  | "noise-rate"
  | "class"
  | "both"
  | "off-diagonal"
  | "best-class"
  | "low-margin"
  | "low-confidence";

/** By how much another class has to lead, so that rounding makes no label doubtful. */
const tolerance = 1e-6;

/**
 * Finds the rows whose label looks wrong (docs/spec/labelling.md section 8.2), in time linear in the rows but for sorting the doubtful ones. A
 * class with a single row is never doubted by `noise-rate`, `class` and `both`. Of equal rows the earlier come first.
 * @param labels and probabilities those of the joint
 * @returns numbers of rows, ascending
 * @throws ArgumentError for labels or probabilities that are none, or a joint of others
 */
export function wrongLabels(
  labels: ArrayLike<number>,
  probabilities: ClassProbabilities,
  joint: ConfidentJoint,
  filter: NoiseFilter = "noise-rate",
): Int32Array {
  const rows = countRows(probabilities);
  requireLabels(labels, rows, probabilities.classes);
  const cells = probabilities.classes ** 2;
  if (joint.classes !== probabilities.classes || joint.calibrated.length !== cells || joint.likely.length !== rows) {
    throw new ArgumentError("The joint must be of the same rows and classes.");
  }
  const doubted = doubtedRows(labels, probabilities);
  const chosen = chosenRows({ labels, probabilities, joint, doubted }, filter);
  // The lowest scores of all rows may include rows that are not doubted; the reference keeps them.
  const isScore = filter === "low-margin" || filter === "low-confidence";
  return rowsWhere(labels.length, (row) => chosen[row] === 1 && (isScore || doubted[row] === 1));
}

interface Data {
  labels: ArrayLike<number>;
  probabilities: ClassProbabilities;
  joint: ConfidentJoint;
  /** By row: 1 where another class than the given one leads. */
  doubted: Uint8Array;
}

function chosenRows(data: Data, filter: NoiseFilter): Uint8Array {
  switch (filter) {
    case "noise-rate":
      return byNoiseRate(data);
    case "class":
      return byClass(data);
    case "both": {
      const other = byClass(data);
      return byNoiseRate(data).map((one, row) => one & (other[row] as number));
    }
    case "off-diagonal":
      return offDiagonal(data);
    case "best-class":
      return Uint8Array.from(data.doubted);
    case "low-margin":
      return lowest(data, labelQuality(data.labels, data.probabilities, "normalised-margin"));
    case "low-confidence":
      return lowest(data, labelQuality(data.labels, data.probabilities, "self-confidence"));
  }
}

/** Marks the rows in which another class leads by more than rounding. */
function doubtedRows(labels: ArrayLike<number>, { values, classes }: ClassProbabilities): Uint8Array {
  const marks = new Uint8Array(labels.length);
  for (let row = 0, from = 0; row < marks.length; row += 1, from += classes) {
    const label = labels[row] as number;
    const given = (values[from + label] as number) + tolerance;
    let isDoubted = 0;
    for (let k = 0; k < classes; k += 1) {
      const value = values[from + k] as number;
      // Of equal values the smallest class is the best.
      if (k !== label && (value > given || (value === given && k < label))) isDoubted = 1;
    }
    marks[row] = isDoubted;
  }
  return marks;
}

function byNoiseRate(data: Data): Uint8Array {
  const { values, classes } = data.probabilities;
  const marks = new Uint8Array(data.labels.length);
  const prunes = pruneCounts(data.joint);
  for (const [label, { all, doubted }] of rowsByClass(data).entries()) {
    if (all.length <= 1) continue;
    for (let other = 0; other < classes; other += 1) {
      const count = prunes[label * classes + other] as number;
      if (other === label || count === 0) continue;
      const lead = (row: number) =>
        (values[row * classes + other] as number) - (values[row * classes + label] as number);
      // Rows that lead by more than rounding are all doubted, so the rest is needed only where these do not suffice.
      const leading = doubted.filter((row) => lead(row) > tolerance);
      const [rows, wanted] = leading.length >= count ? [leading, count] : [all, Math.min(count, all.length)];
      markLargest(rows, lead, wanted, marks);
    }
  }
  return marks;
}

function byClass(data: Data): Uint8Array {
  const { values, classes } = data.probabilities;
  const marks = new Uint8Array(data.labels.length);
  const prunes = pruneCounts(data.joint);
  for (const [label, { all }] of rowsByClass(data).entries()) {
    if (all.length <= 1) continue;
    const count = Math.max(0, all.length - (prunes[label * classes + label] as number));
    markLargest(all, (row) => -(values[row * classes + label] as number), count, marks);
  }
  return marks;
}

function offDiagonal({ labels, joint: { likely } }: Data): Uint8Array {
  return Uint8Array.from(likely, (guess, row) => (guess >= 0 && guess !== labels[row] ? 1 : 0));
}

/** Marks as many of the lowest scores as there are doubted rows off the diagonal. */
function lowest(data: Data, scores: Float64Array): Uint8Array {
  const marks = new Uint8Array(scores.length);
  const count = offDiagonal(data).reduce((sum, one, row) => sum + (one & (data.doubted[row] as number)), 0);
  const all = Int32Array.from(scores, (_, row) => row);
  markLargest(all, (row) => -(scores[row] as number), count, marks);
  return marks;
}

/** Returns the calibrated joint with at least one row left in each class, taken from the other cells of its row. */
function pruneCounts({ calibrated, classes }: ConfidentJoint): Int32Array {
  const counts = Int32Array.from(calibrated);
  for (let k = 0; k < classes; k += 1) {
    if (counts[k * classes + k] !== 0) continue;
    for (let j = 0; j < classes; j += 1) {
      const at = k * classes + j;
      // A share of one row, taken evenly from cells of whole rows, costs each of them one when they are rounded down.
      counts[at] = j === k ? 1 : Math.max(0, (counts[at] as number) - 1);
    }
  }
  return counts;
}

interface RowsOfClass {
  all: Int32Array;
  doubted: Int32Array;
}

function rowsByClass({ labels, probabilities: { classes }, doubted }: Data): RowsOfClass[] {
  const [sizes, doubts] = [new Int32Array(classes), new Int32Array(classes)];
  for (let row = 0; row < labels.length; row += 1) {
    const label = labels[row] as number;
    sizes[label] = (sizes[label] as number) + 1;
    doubts[label] = (doubts[label] as number) + (doubted[row] as number);
  }
  const groups = Array.from(sizes, (size, k) => ({
    all: new Int32Array(size),
    doubted: new Int32Array(doubts[k] as number),
  }));
  sizes.fill(0);
  doubts.fill(0);
  for (let row = 0; row < labels.length; row += 1) {
    const label = labels[row] as number;
    const group = groups[label] as RowsOfClass;
    group.all[sizes[label] as number] = row;
    sizes[label] = (sizes[label] as number) + 1;
    if (doubted[row] !== 1) continue;
    group.doubted[doubts[label] as number] = row;
    doubts[label] = (doubts[label] as number) + 1;
  }
  return groups;
}

/** Marks the rows with the largest values, of equal ones the earlier. @param rows ascending @param count at most their number */
function markLargest(rows: Int32Array, measure: (row: number) => number, count: number, marks: Uint8Array): void {
  if (count === 0) return;
  const values = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at += 1) values[at] = measure(rows[at] as number);
  const sorted = Float64Array.from(values).sort();
  const limit = sorted[rows.length - count] as number;
  let equal = count;
  for (let at = rows.length - count; at < rows.length; at += 1) if ((sorted[at] as number) > limit) equal -= 1;
  for (let at = 0; at < rows.length; at += 1) {
    const value = values[at] as number;
    if (value < limit || (value === limit && equal === 0)) continue;
    if (value === limit) equal -= 1;
    marks[rows[at] as number] = 1;
  }
}

function rowsWhere(count: number, isIncluded: (row: number) => boolean): Int32Array {
  const rows = new Int32Array(count);
  let found = 0;
  for (let row = 0; row < count; row += 1) if (isIncluded(row)) rows[found++] = row;
  return rows.slice(0, found);
}

/** Returns rows in the order of a score, the lowest first; of equal ones the earlier. */
export function rowsByScore(rows: Int32Array, scores: Float64Array): Int32Array {
  return Int32Array.from(rows).sort((a, b) => (scores[a] as number) - (scores[b] as number) || a - b);
}
