import { ArgumentError, requireSameLength } from "../argument-error.ts";
import { type Band, intervalsOf, metricsOf } from "../estimation/cell-metrics.ts";
import { wilsonInterval } from "../proportion.ts";
import { type BootstrapOptions, bootstrapOfCounts } from "./bootstrap.ts";
import { type ClassMargins, emptyMargins, type MarginMetric, marginMetric, oneClassMetric } from "./class-margins.ts";
import { checkSelection, failedAnswer, type RowSelection } from "./row-columns.ts";

/** A confusion matrix of class indices. */
export interface Confusion {
  classes: number;
  /** Rows, or their weight, at [actual · classes + predicted]. */
  counts: Float64Array;
  /** By actual class, rows for which the model returned no output. */
  failed: Float64Array;
  isWeighted: boolean;
}

/** One class against the rest. Null where nothing could be counted; intervals are null for weighted rows too. */
export interface ClassResult {
  support: number;
  predicted: number;
  precision: number | null;
  precisionInterval: Band | null;
  recall: number | null;
  recallInterval: Band | null;
  f1: number | null;
}

/** Metrics of a classification; null where undefined. */
export interface ClassificationMetrics {
  rows: number;
  accuracy: number | null;
  /** Wilson's; null for weighted rows. */
  accuracyInterval: Band | null;
  /** Mean recall of the classes that occur. */
  balancedAccuracy: number | null;
  /** Means over all declared classes; an undefined value counts as 0. */
  macroPrecision: number | null;
  macroRecall: number | null;
  macroF1: number | null;
  microF1: number | null;
  /** Weighted by rows of each class. */
  weightedF1: number | null;
  kappa: number | null;
  mcc: number | null;
  /** In the order of the classes. */
  classes: ClassResult[];
}

/** A matrix of more classes would not fit into memory. */
const maxClasses = 2_000;

/**
 * Counts a confusion matrix. Rows of weight 0 vanish; rows that failed are counted apart and are incorrect.
 * @param truth index of the actual class of each row @param answer index of the predicted one, or `failedAnswer`
 * @throws ArgumentError for indices outside of the classes, weights that are negative or not finite, or lists of different lengths
 */
export function countConfusion(
  truth: ArrayLike<number>,
  answer: ArrayLike<number>,
  classes: number,
  { weights = null, rows = null }: { weights?: ArrayLike<number> | null; rows?: RowSelection } = {},
): Confusion {
  if (!(Number.isInteger(classes) && classes >= 1 && classes <= maxClasses)) {
    throw new ArgumentError("The number of classes must be a whole number from 1 to 2,000.");
  }
  requireSameLength(truth, answer, "Actual and predicted classes");
  if (weights) requireSameLength(truth, weights, "Rows and weights");
  checkSelection(rows, truth.length);
  const counts = new Float64Array(classes * classes);
  const failed = new Float64Array(classes);
  const selected = rows ? rows.length : truth.length;
  for (let at = 0; at < selected; at += 1) {
    const row = rows ? (rows[at] as number) : at;
    const weight = weights ? (weights[row] as number) : 1;
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      throw new ArgumentError("Weights must be finite numbers of at least 0.");
    }
    const [actual, predicted] = [truth[row] as number, answer[row] as number];
    requireClass(actual, classes, "An actual class");
    if (predicted === failedAnswer) {
      failed[actual] = (failed[actual] as number) + weight;
      continue;
    }
    requireClass(predicted, classes, "A predicted class");
    const cell = actual * classes + predicted;
    counts[cell] = (counts[cell] as number) + weight;
  }
  return { classes, counts, failed, isWeighted: weights !== null };
}

function requireClass(value: number, classes: number, what: string): void {
  if (!(Number.isInteger(value) && value >= 0 && value < classes)) {
    throw new ArgumentError(`${what} must be an index of the ${classes} classes.`);
  }
}

/** Computes the metrics of a confusion matrix with Wilson's 95% intervals of shares (docs/spec/evaluation.md section 2.2). */
export function classificationMetrics({ classes, counts, failed, isWeighted }: Confusion): ClassificationMetrics {
  const margins = marginsOf(classes, counts, failed);
  const { rows, hits } = margins;
  const right = hits.reduce((sum, value) => sum + value, 0);
  const results = Array.from({ length: classes }, (_, label) => classResult(margins, label, isWeighted));
  const known = (metric: MarginMetric) => orNull(marginMetric(margins, metric));
  const meanOf = (values: (number | null)[]) =>
    rows > 0 ? values.reduce<number>((sum, value) => sum + (value ?? 0), 0) / classes : null;
  return {
    rows,
    accuracy: rows > 0 ? right / rows : null,
    accuracyInterval: rows > 0 && !isWeighted ? wilsonInterval({ share: right / rows, count: rows }) : null,
    balancedAccuracy: known("balancedAccuracy"),
    macroPrecision: meanOf(results.map(({ precision }) => precision)),
    macroRecall: meanOf(results.map(({ recall }) => recall)),
    macroF1: known("macroF1"),
    microF1: known("microF1"),
    weightedF1: known("weightedF1"),
    kappa: known("kappa"),
    mcc: known("mcc"),
    classes: results,
  };
}

function classResult(
  { support, predicted, hits, rows }: ClassMargins,
  label: number,
  isWeighted: boolean,
): ClassResult {
  const [of, said, hit] = [support[label] as number, predicted[label] as number, hits[label] as number];
  const cells = {
    truePositive: hit,
    falsePositive: said - hit,
    falseNegative: of - hit,
    trueNegative: Math.max(0, rows - of - said + hit),
  };
  const metrics = metricsOf(cells);
  const intervals = isWeighted ? null : intervalsOf(cells);
  return {
    support: of,
    predicted: said,
    precision: metrics.precision,
    precisionInterval: intervals?.precision ?? null,
    recall: metrics.recall,
    recallInterval: intervals?.recall ?? null,
    f1: metrics.f1,
  };
}

/** Percentile intervals of the metrics that are no shares. */
export interface ClassificationIntervals extends Record<Exclude<MarginMetric, "microF1">, Band | null> {
  /** In the order of the classes. */
  f1: (Band | null)[];
}

const resampled = ["balancedAccuracy", "macroF1", "weightedF1", "kappa", "mcc"] as const;

/**
 * Computes bootstrap intervals of the metrics that are no shares, from the cells of the matrix (docs/spec/evaluation.md section 2.5).
 * @throws ArgumentError for a weighted matrix, whose cells are no counts of rows
 */
export function classificationIntervals(
  { classes, counts, failed, isWeighted }: Confusion,
  options: BootstrapOptions = {},
): ClassificationIntervals {
  if (isWeighted) throw new ArgumentError("A bootstrap of cells needs rows without weights.");
  // Most cells of a large table are empty. A cell of rows without an answer lies behind the predicted classes.
  const cells: { actual: number; predicted: number; count: number }[] = [];
  for (let actual = 0; actual < classes; actual += 1) {
    for (let predicted = 0; predicted <= classes; predicted += 1) {
      const count = (predicted < classes ? counts[actual * classes + predicted] : failed[actual]) as number;
      if (count > 0) cells.push({ actual, predicted, count });
    }
  }
  const actuals = Uint16Array.from(cells, ({ actual }) => actual);
  const predictions = Uint16Array.from(cells, ({ predicted }) => predicted);
  const margins = emptyMargins(classes);
  const bands = bootstrapOfCounts(
    cells.map(({ count }) => count),
    resampled.length + classes,
    (drawn, into) => {
      addMargins(margins, { actuals, predictions, counts: drawn });
      for (let at = 0; at < resampled.length; at += 1) {
        into[at] = marginMetric(margins, resampled[at] as MarginMetric);
      }
      for (let label = 0; label < classes; label += 1) {
        into[resampled.length + label] = oneClassMetric(margins, "f1", label);
      }
    },
    options,
  );
  const of = (metric: (typeof resampled)[number]) => bands[resampled.indexOf(metric)] ?? null;
  return {
    balancedAccuracy: of("balancedAccuracy"),
    macroF1: of("macroF1"),
    weightedF1: of("weightedF1"),
    kappa: of("kappa"),
    mcc: of("mcc"),
    f1: bands.slice(resampled.length),
  };
}

/** Computes margins anew from the filled cells of a table. */
function addMargins(
  margins: ClassMargins,
  { actuals, predictions, counts }: { actuals: Uint16Array; predictions: Uint16Array; counts: Float64Array },
): void {
  const { support, predicted, hits } = margins;
  for (const values of [support, predicted, hits]) values.fill(0);
  margins.rows = 0;
  for (let cell = 0; cell < counts.length; cell += 1) {
    const [label, said, count] = [actuals[cell], predictions[cell], counts[cell]] as [number, number, number];
    support[label] = (support[label] as number) + count;
    if (said < predicted.length) predicted[said] = (predicted[said] as number) + count;
    if (said === label) hits[label] = (hits[label] as number) + count;
    margins.rows += count;
  }
}

function marginsOf(classes: number, counts: Float64Array, failed: Float64Array): ClassMargins {
  const margins = emptyMargins(classes);
  for (let actual = 0; actual < classes; actual += 1) {
    let of = failed[actual] as number;
    for (let predicted = 0; predicted < classes; predicted += 1) {
      const count = counts[actual * classes + predicted] as number;
      of += count;
      margins.predicted[predicted] = (margins.predicted[predicted] as number) + count;
    }
    margins.support[actual] = of;
    margins.hits[actual] = counts[actual * classes + actual] as number;
    margins.rows += of;
  }
  return margins;
}

/** A share of rows with Wilson's interval. */
export interface RowShare {
  rows: number;
  hits: number;
  share: number | null;
  interval: Band | null;
}

/**
 * Computes how often the actual class is among the k most probable ones. Of equal probabilities the smallest class comes first, so that k = 1
 * agrees with the predicted class.
 * @param probabilities of all classes, row after row
 * @throws ArgumentError for lengths that do not fit, NaN, an actual class outside of the classes, or a k that is no whole number above 0
 */
export function topK(truth: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number, k: number): RowShare {
  if (!(Number.isInteger(classes) && classes >= 1)) throw new ArgumentError("Classes must be a whole number above 0.");
  if (!(Number.isInteger(k) && k >= 1)) throw new ArgumentError("k must be a whole number above 0.");
  if (probabilities.length !== truth.length * classes) {
    throw new ArgumentError("Every row must have a probability for each class.");
  }
  let hits = 0;
  for (let row = 0; row < truth.length; row += 1) {
    const actual = truth[row] as number;
    requireClass(actual, classes, "An actual class");
    const own = probabilities[row * classes + actual] as number;
    let before = 0;
    for (let label = 0; label < classes; label += 1) {
      const other = probabilities[row * classes + label] as number;
      if (!Number.isFinite(other)) throw new ArgumentError("Probabilities must be finite numbers.");
      if (other > own || (other === own && label < actual)) before += 1;
    }
    if (before < k) hits += 1;
  }
  const rows = truth.length;
  const share = rows > 0 ? hits / rows : null;
  return { rows, hits, share, interval: share === null ? null : wilsonInterval({ share, count: rows }) };
}

/** Returns null for NaN, by which a metric says that it is undefined. */
function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
