import { ArgumentError } from "../argument-error.ts";
import type { Band } from "../estimation/cell-metrics.ts";
import { normalQuantile } from "../normal.ts";
import { type BootstrapOptions, bootstrapOfCounts, bootstrapOfSums } from "./bootstrap.ts";
import {
  type ClassMargins,
  emptyMargins,
  type MarginMetric,
  marginMetric,
  type OneClassMetric,
  oneClassMetric,
} from "./class-margins.ts";
import { mcNemarPValue, type PairedCells, pairedMeans, pairedShares } from "./paired.ts";
import { rankedInfluence } from "./ranked-influence.ts";
import { answeredRows, type RatioMetric, ratioOfSums, ratioTerms, sumByCluster, sumOfValues } from "./ratio-metrics.ts";
import { checkSelection, countFailed, failedAnswer, type RowColumns, type RowSelection } from "./row-columns.ts";

/** A metric of two versions on the same rows. */
export type PairedMetric =
  | { name: "accuracy" }
  /** Mean loss of a row. */
  | { name: "loss" }
  | { name: MarginMetric }
  /** Of one class, by its index. */
  | { name: OneClassMetric; of: number }
  /** Of class 1 of two, by score. */
  | { name: "rocAuc" | "averagePrecision" }
  | { name: "ratio"; ratio: RatioMetric };

/** How an interval was computed (docs/spec/evaluation.md section 9). */
export type PairedMethod = "agresti-min" | "student" | "bootstrap" | "jackknife";

/** Two versions on one set. The first is the evaluated one; differences are first less second. */
export interface PairedInput extends BootstrapOptions {
  first: RowColumns;
  second: RowColumns;
  metric: PairedMetric;
  /** Index of the actual class of each row of the set, for metrics of classes and ranks. */
  truth?: ArrayLike<number> | null | undefined;
  /** Number of classes, for metrics of classes. */
  classes?: number | undefined;
  /** Rows of a segment; null: all. */
  rows?: RowSelection | undefined;
  /** Number of the entity of each row of the set, where rows share one. */
  clusters?: Uint32Array | null | undefined;
}

/** A metric of both versions and its difference; null where undefined. */
export interface PairedComparison {
  /** Compared rows. */
  rows: number;
  /** Selected rows for which a version returned no output. They are incorrect; a loss, a rank or a ratio leaves them out. */
  failed: { first: number; second: number };
  /** Selected rows left out because one of the versions failed. */
  skipped: number;
  first: number | null;
  second: number | null;
  difference: number | null;
  interval: Band | null;
  method: PairedMethod;
  /** Number of clusters that were resampled; null where rows are independent. */
  clusters: number | null;
  /** Of accuracy: rows by which version was correct. */
  cells: PairedCells | null;
  /** Of accuracy: McNemar's exact p-value, for readers only. */
  pValue: number | null;
}

/** What a metric adds to the counts that all comparisons have. */
type Compared = Pick<PairedComparison, "first" | "second" | "difference" | "interval" | "method"> & {
  compared: Uint32Array | null;
  cells?: PairedCells;
};

/**
 * Compares two versions on the rows that both were evaluated on. Rows are paired, so what is hard for both cancels out. Accuracy has the
 * interval of Agresti and Min, losses Student's t, ranks the infinitesimal jackknife, and every other metric a percentile bootstrap of rows; with
 * clusters, accuracy, losses and ratios have a percentile bootstrap of clusters (docs/spec/evaluation.md section 9). 100,000 rows take less than 50 ms.
 * @throws ArgumentError for versions of different sets, rows outside of it, missing actual classes or parts, and numbers that are not finite
 */
export function comparePaired(input: PairedInput): PairedComparison {
  const { first, second, metric, clusters = null, level = 0.95 } = input;
  const rows = input.rows ?? null;
  const count = first.answer.length;
  if (second.answer.length !== count) throw new ArgumentError("Versions must be evaluated on the same rows.");
  if (clusters && clusters.length !== count) throw new ArgumentError("Every row must have a cluster.");
  if (!(level > 0 && level < 1)) throw new ArgumentError("A confidence level must be above 0 and below 1.");
  checkSelection(rows, count);
  const { compared, cells, ...result } = compareBy(metric, input, rows);
  const selected = rows ? rows.length : count;
  return {
    rows: compared ? compared.length : selected,
    failed: { first: countFailed(first, rows), second: countFailed(second, rows) },
    skipped: compared ? selected - compared.length : 0,
    ...result,
    clusters: clusters ? countClusters(clusters, compared ?? rows) : null,
    cells: cells ?? null,
    pValue: cells ? mcNemarPValue(cells) : null,
  };
}

function compareBy(metric: PairedMetric, input: PairedInput, rows: RowSelection): Compared {
  switch (metric.name) {
    case "accuracy":
      return compareAccuracy(input, rows);
    case "loss":
      return compareLoss(input, rows);
    case "rocAuc":
    case "averagePrecision":
      return compareRanks(metric.name, input, rows);
    case "ratio":
      return compareRatio(metric.ratio, input, rows);
    default:
      return compareMargins(metric, input, rows);
  }
}

function compareAccuracy({ first, second, clusters, ...options }: PairedInput, rows: RowSelection): Compared {
  const cells: PairedCells = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
  const count = rows ? rows.length : first.correct.length;
  if (first.correct.length !== first.answer.length || second.correct.length !== first.answer.length) {
    throw new ArgumentError("Columns of an evaluation must have the same length.");
  }
  // Cells by 2 · first + second.
  const found = [0, 0, 0, 0];
  for (let at = 0; at < count; at += 1) {
    const row = rows ? (rows[at] as number) : at;
    const place = 2 * (first.correct[row] as number) + (second.correct[row] as number);
    if (!(place <= 3)) throw new ArgumentError("A row must be marked as correct by 1 or as incorrect by 0.");
    found[place] = (found[place] as number) + 1;
  }
  [cells.neither, cells.onlySecond, cells.onlyFirst, cells.both] = found as [number, number, number, number];
  const shares = {
    first: count > 0 ? (cells.both + cells.onlyFirst) / count : null,
    second: count > 0 ? (cells.both + cells.onlySecond) / count : null,
  };
  const { difference, interval } = pairedShares(cells, options.level);
  if (!clusters) return { ...shares, difference, interval, method: "agresti-min", compared: null, cells };
  const all = rows ?? everyRow(count);
  const apart = Float64Array.from(all, (row) => (first.correct[row] as number) - (second.correct[row] as number));
  return {
    ...shares,
    difference,
    interval: meanOfClusters(apart, clusters, all, options),
    method: "bootstrap",
    compared: null,
    cells,
  };
}

function compareLoss({ first, second, clusters, ...options }: PairedInput, rows: RowSelection): Compared {
  const compared = answeredRows([first, second], rows);
  const [ofFirst, ofSecond] = [takeRows(first.loss, compared), takeRows(second.loss, compared)];
  const { difference, interval } = pairedMeans(ofFirst, ofSecond, options.level);
  const meanOf = (values: Float32Array) => (values.length > 0 ? sumOfValues(values) / values.length : null);
  const result = { first: meanOf(ofFirst), second: meanOf(ofSecond), difference, compared };
  if (!clusters) return { ...result, interval, method: "student" };
  const apart = Float64Array.from(ofFirst, (value, at) => value - (ofSecond[at] as number));
  return { ...result, interval: meanOfClusters(apart, clusters, compared, options), method: "bootstrap" };
}

/** Returns the values of some rows. A loop, because `from` with a function takes ten times as long. */
function takeRows(values: ArrayLike<number>, rows: Uint32Array): Float32Array {
  const taken = new Float32Array(rows.length);
  for (let at = 0; at < taken.length; at += 1) taken[at] = values[rows[at] as number] as number;
  return taken;
}

/** Computes the interval of a mean over rows whose clusters are resampled. */
function meanOfClusters(
  values: Float64Array,
  clusters: Uint32Array,
  rows: Uint32Array,
  options: BootstrapOptions,
): Band | null {
  const ones = new Float64Array(values.length).fill(1);
  const units = [values, ones].map((list) => sumByCluster(list, clusters, rows));
  const [interval] = bootstrapOfSums(
    units,
    1,
    (sums, into) => {
      into[0] = ratioOfSums(sums[0] as number, sums[1] as number);
    },
    options,
  );
  return interval ?? null;
}

function compareRatio(
  ratio: RatioMetric,
  { first, second, clusters, ...options }: PairedInput,
  rows: RowSelection,
): Compared {
  const compared = answeredRows([first, second], rows);
  const [a, b] = [ratioTerms(first, ratio, compared), ratioTerms(second, ratio, compared)];
  const isRoot = ratio.isRoot === true;
  const terms = [a.numerator, a.denominator, b.numerator, b.denominator];
  const units = clusters ? terms.map((values) => sumByCluster(values, clusters, compared)) : terms;
  const [interval] = bootstrapOfSums(
    units,
    1,
    (sums, into) => {
      const [n1, d1, n2, d2] = sums as unknown as [number, number, number, number];
      into[0] = ratioOfSums(n1, d1, isRoot) - ratioOfSums(n2, d2, isRoot);
    },
    options,
  );
  const [value1, value2] = [a, b].map(({ numerator, denominator }) =>
    ratioOfSums(sumOfValues(numerator), sumOfValues(denominator), isRoot),
  ) as [number, number];
  return { ...differenceOf(value1, value2), interval: interval ?? null, method: "bootstrap", compared };
}

function differenceOf(first: number, second: number): Pick<Compared, "first" | "second" | "difference"> {
  const known = (value: number) => (Number.isNaN(value) ? null : value);
  return { first: known(first), second: known(second), difference: known(first - second) };
}

function compareRanks(
  metric: "rocAuc" | "averagePrecision",
  { first, second, truth, clusters, level = 0.95 }: PairedInput,
  rows: RowSelection,
): Compared {
  const actual = requireTruth(truth, first.answer.length);
  const compared = answeredRows([first, second], rows);
  const isPositive = takeRows(actual, compared);
  if (isPositive.some((label) => label !== 0 && label !== 1)) {
    throw new ArgumentError("Metrics of ranks need two classes, 0 and 1.");
  }
  const of = ({ score }: RowColumns) => rankedInfluence(takeRows(score, compared), isPositive);
  const [a, b] = [of(first), of(second)];
  const values = differenceOf(a[metric] ?? Number.NaN, b[metric] ?? Number.NaN);
  const { difference } = values;
  if (difference === null) return { ...values, interval: null, method: "jackknife", compared };
  const [of1, of2] = metric === "rocAuc" ? [a.ofRocAuc, b.ofRocAuc] : [a.ofAveragePrecision, b.ofAveragePrecision];
  const apart = new Float64Array(of1.length);
  for (let at = 0; at < apart.length; at += 1) apart[at] = (of1[at] as number) - (of2[at] as number);
  const units = clusters ? sumByCluster(apart, clusters, compared) : apart;
  let squares = 0;
  for (let at = 0; at < units.length; at += 1) squares += (units[at] as number) ** 2;
  if (units.length < 2) return { ...values, interval: null, method: "jackknife", compared };
  const error = Math.sqrt((squares * units.length) / (units.length - 1));
  const half = normalQuantile(1 - (1 - level) / 2) * error;
  const interval = { low: Math.max(-1, difference - half), high: Math.min(1, difference + half) };
  return { ...values, interval, method: "jackknife", compared };
}

type MarginChoice = { name: MarginMetric } | { name: OneClassMetric; of: number };

function marginValue(metric: MarginChoice, margins: ClassMargins): number {
  return "of" in metric ? oneClassMetric(margins, metric.name, metric.of) : marginMetric(margins, metric.name);
}

function compareMargins(
  metric: MarginChoice,
  { first, second, truth, classes = 0, clusters, ...options }: PairedInput,
  rows: RowSelection,
): Compared {
  const actual = requireTruth(truth, first.answer.length);
  if (!(Number.isInteger(classes) && classes >= 1 && classes < failedAnswer)) {
    throw new ArgumentError("The number of classes must be a whole number from 1 to 65,534.");
  }
  if ("of" in metric && !(Number.isInteger(metric.of) && metric.of >= 0 && metric.of < classes)) {
    throw new ArgumentError("The class of a metric must be one of the classes.");
  }
  const selected = rows ?? everyRow(first.answer.length);
  // A metric of one class sees that class and all others.
  const [choice, only]: [MarginChoice, number | null] =
    "of" in metric ? [{ name: metric.name, of: 0 }, metric.of] : [metric, null];
  const cells = jointCells(actual, [first, second], { classes, only }, selected);
  const [a, b] = [emptyMargins(cells.classes), emptyMargins(cells.classes)];
  addCells(cells, cells.counts, a, b);
  const values = differenceOf(marginValue(choice, a), marginValue(choice, b));
  const write = (drawn: Float64Array, into: Float64Array) => {
    addCells(cells, drawn, a, b);
    into[0] = marginValue(choice, a) - marginValue(choice, b);
  };
  if (!clusters) {
    const [interval] = bootstrapOfCounts(cells.counts, 1, write, options);
    return { ...values, interval: interval ?? null, method: "bootstrap", compared: null };
  }
  // A cluster has a count per cell; pools of clusters are resampled as a whole.
  const units = cells.counts.length > 0 ? clusterCells(cells, clusters, selected) : [];
  const [interval] = bootstrapOfSums(units, 1, write, options);
  return { ...values, interval: interval ?? null, method: "bootstrap", compared: null };
}

/** Rows by actual class and both answers, of the combinations that occur. */
interface JointCells {
  classes: number;
  truth: Uint16Array;
  first: Uint16Array;
  second: Uint16Array;
  counts: Float64Array;
  /** Cell of each selected row. */
  cellOf: Uint32Array;
}

/** Up to so many combinations, places are looked up in a table. */
const maxTable = 2 ** 21;

function jointCells(
  actual: ArrayLike<number>,
  [first, second]: [RowColumns, RowColumns],
  { classes, only }: { classes: number; only: number | null },
  rows: Uint32Array,
): JointCells {
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
    counts[cell] = (counts[cell] as number) + 1;
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
function addCells(cells: JointCells, counts: Float64Array, a: ClassMargins, b: ClassMargins): void {
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

/** More values than this would not fit into memory. */
const maxClusterValues = 2 ** 25;
const maxClusterPools = 2_000;

/** Counts joint cells by cluster; clusters beyond 2,000 share a place by their number of occurrence, which keeps a cluster together. */
function clusterCells(cells: JointCells, clusters: Uint32Array, rows: Uint32Array): Float64Array[] {
  const places = new Map<number, number>();
  for (let at = 0; at < rows.length; at += 1) {
    const cluster = clusters[rows[at] as number] as number;
    if (!places.has(cluster)) places.set(cluster, places.size);
  }
  const most = Math.max(100, Math.min(maxClusterPools, Math.floor(maxClusterValues / cells.counts.length)));
  const pools = Math.min(places.size, most);
  const units = Array.from(cells.counts, () => new Float64Array(pools));
  for (let at = 0; at < rows.length; at += 1) {
    const place = (places.get(clusters[rows[at] as number] as number) as number) % pools;
    const unit = units[cells.cellOf[at] as number] as Float64Array;
    unit[place] = (unit[place] as number) + 1;
  }
  return units;
}

function requireTruth(truth: ArrayLike<number> | null | undefined, count: number): ArrayLike<number> {
  if (truth?.length !== count) throw new ArgumentError("This metric needs the actual class of every row.");
  return truth;
}

function everyRow(count: number): Uint32Array {
  const rows = new Uint32Array(count);
  for (let row = 0; row < count; row += 1) rows[row] = row;
  return rows;
}

function countClusters(clusters: Uint32Array, rows: RowSelection): number {
  const seen = new Set<number>();
  if (rows) for (const row of rows) seen.add(clusters[row] as number);
  else for (const cluster of clusters) seen.add(cluster);
  return seen.size;
}

/** A comparison within one segment. */
export interface SegmentComparison extends PairedComparison {
  name: string;
  /** Fewer than 30 rows: listed, and not evaluated. */
  isSmall: boolean;
}

/** Segments of fewer rows say too little (docs/spec/evaluation.md section 8.1). */
export const minEvaluatedRows = 30;

/** Compares two versions in each segment, the lowest difference first, segments without one last. @throws ArgumentError as comparePaired */
export function compareSegments(
  input: Omit<PairedInput, "rows">,
  segments: readonly { name: string; rows: Uint32Array }[],
): SegmentComparison[] {
  return segments
    .map(({ name, rows }) => {
      const comparison = comparePaired({ ...input, rows });
      return { name, isSmall: comparison.rows < minEvaluatedRows, ...comparison };
    })
    .sort((a, b) => (a.difference ?? Number.POSITIVE_INFINITY) - (b.difference ?? Number.POSITIVE_INFINITY) || 0);
}
