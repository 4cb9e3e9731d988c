import { ArgumentError } from "../argument-error.ts";
import type { ClassMargins } from "./class-margins.ts";
import { failedAnswer, type RowColumns } from "./row-columns.ts";

/** Rows by actual class and both answers, of the combinations that occur. */
export interface JointCells {
  classes: number;
  truth: Uint16Array;
  first: Uint16Array;
  second: Uint16Array;
  /** Rows, or their weight. */
  counts: Float64Array;
  /** Cell of each selected row. */
  cellOf: Uint32Array;
}

/** Up to so many combinations, places are looked up in a table. */
const maxTable = 2 ** 21;

/**
 * Counts rows by actual class and the answers of both versions.
 * @param only counts this class against all others; null: each class
 * @throws ArgumentError for a class outside of the classes
 */
export function jointCells(
  actual: ArrayLike<number>,
  [first, second]: readonly [Pick<RowColumns, "answer">, Pick<RowColumns, "answer">],
  { classes, only, weights }: { classes: number; only: number | null; weights: ArrayLike<number> | null },
  rows: Uint32Array,
): JointCells {
  if (!(Number.isInteger(classes) && classes >= 1 && classes < failedAnswer)) {
    throw new ArgumentError("The number of classes must be a whole number from 1 to 65,534.");
  }
  const places = only === null ? classes : 2;
  const width = places + 1;
  const table = places * width * width <= maxTable ? new Int32Array(places * width * width) : null;
  const map = new Map<number, number>();
  const cellOf = new Uint32Array(rows.length);
  const [truths, answers1, answers2, counts] = [[] as number[], [] as number[], [] as number[], [] as number[]];
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] as number;
    const label = placeOf(actual[row] as number, classes, only);
    const said1 = answerPlace(first.answer[row] as number, classes, only);
    const said2 = answerPlace(second.answer[row] as number, classes, only);
    const key = (label * width + said1) * width + said2;
    let cell = table ? (table[key] as number) - 1 : (map.get(key) ?? -1);
    if (cell < 0) {
      cell = counts.length;
      if (table) table[key] = cell + 1;
      else map.set(key, cell);
      truths.push(label);
      answers1.push(said1);
      answers2.push(said2);
      counts.push(0);
    }
    counts[cell] = (counts[cell] as number) + (weights ? (weights[row] as number) : 1);
    cellOf[at] = cell;
  }
  return {
    classes: places,
    truth: Uint16Array.from(truths),
    first: Uint16Array.from(answers1),
    second: Uint16Array.from(answers2),
    counts: Float64Array.from(counts),
    cellOf,
  };
}

/** Returns the class, or 0 for the only one that counts and 1 for all others. */
function placeOf(label: number, classes: number, only: number | null): number {
  if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
    throw new ArgumentError(`Actual and predicted classes must be indices of the ${classes} classes.`);
  }
  if (only === null) return label;
  return label === only ? 0 : 1;
}

/** Returns the place of an answer; a failed row has the one behind all classes. */
function answerPlace(answer: number, classes: number, only: number | null): number {
  if (answer !== failedAnswer) return placeOf(answer, classes, only);
  return only === null ? classes : 2;
}

/** Computes the margins of both versions from counts of the joint cells. */
export function addCells(cells: JointCells, counts: Float64Array, a: ClassMargins, b: ClassMargins): void {
  const classes = a.support.length;
  for (const { predicted, hits } of [a, b]) {
    predicted.fill(0);
    hits.fill(0);
  }
  a.support.fill(0);
  let rows = 0;
  for (let cell = 0; cell < counts.length; cell += 1) {
    const count = counts[cell] as number;
    if (count === 0) continue;
    const [label, said1, said2] = [cells.truth[cell], cells.first[cell], cells.second[cell]] as [
      number,
      number,
      number,
    ];
    rows += count;
    a.support[label] = (a.support[label] as number) + count;
    if (said1 < classes) a.predicted[said1] = (a.predicted[said1] as number) + count;
    if (said2 < classes) b.predicted[said2] = (b.predicted[said2] as number) + count;
    if (said1 === label) a.hits[label] = (a.hits[label] as number) + count;
    if (said2 === label) b.hits[label] = (b.hits[label] as number) + count;
  }
  b.support.set(a.support);
  a.rows = rows;
  b.rows = rows;
}

/** Greatest number of values that is still quick to resample. */
const maxValues = 200_000;
const maxPools = 1_000;

/**
 * Sums joint cells over pools of rows, for a bootstrap of weighted or clustered rows. A cluster stays together; clusters, or rows, beyond the
 * number of pools share one by the order in which they occur.
 * @returns a list of pools for each cell
 */
export function pooledCells(
  cells: JointCells,
  rows: Uint32Array,
  { clusters, weights }: { clusters: Uint32Array | null; weights: ArrayLike<number> | null },
): Float64Array[] {
  const places = new Map<number, number>();
  for (let at = 0; clusters && at < rows.length; at += 1) {
    const cluster = clusters[rows[at] as number] as number;
    if (!places.has(cluster)) places.set(cluster, places.size);
  }
  const units = clusters ? places.size : rows.length;
  const most = Math.max(100, Math.min(maxPools, Math.floor(maxValues / Math.max(1, cells.counts.length))));
  const pools = Math.min(units, most);
  const sums = Array.from(cells.counts, () => new Float64Array(pools));
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] as number;
    const unit = clusters ? (places.get(clusters[row] as number) as number) : at;
    const list = sums[cells.cellOf[at] as number] as Float64Array;
    list[unit % pools] = (list[unit % pools] as number) + (weights ? (weights[row] as number) : 1);
  }
  return sums;
}
