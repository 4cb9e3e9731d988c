import { ArgumentError } from "../argument-error.ts";
import type { Band } from "../estimation/cell-metrics.ts";
import { type BootstrapOptions, bootstrapOfSums } from "./bootstrap.ts";
import { checkSelection, failedAnswer, type RowColumns, type RowSelection } from "./row-columns.ts";

/** A metric that is one sum over rows divided by another: sums of named parts, each with a weight. */
export interface RatioMetric {
  numerator: Record<string, number>;
  denominator: Record<string, number>;
  /** Whether the metric is the square root of the ratio. */
  isRoot?: boolean;
}

/** The part that every row has: 1. */
const one = "rows";

/** Ratio metrics of the task kinds by the parts that their rows store (docs/spec/evaluation.md section 9.1). */
export const ratioMetrics = {
  meanAbsoluteError: { numerator: { absoluteError: 1 }, denominator: { rows: 1 } },
  rootMeanSquaredError: { numerator: { squaredError: 1 }, denominator: { rows: 1 }, isRoot: true },
  bias: { numerator: { error: 1 }, denominator: { rows: 1 } },
  wape: { numerator: { absoluteError: 1 }, denominator: { absoluteTruth: 1 } },
  relativeBias: { numerator: { error: 1 }, denominator: { absoluteTruth: 1 } },
  ndcg: { numerator: { ndcg: 1 }, denominator: { listed: 1 } },
  meanAveragePrecision: { numerator: { averagePrecision: 1 }, denominator: { listed: 1 } },
  meanReciprocalRank: { numerator: { reciprocalRank: 1 }, denominator: { listed: 1 } },
  hitRate: { numerator: { hit: 1 }, denominator: { rows: 1 } },
  wordErrorRate: { numerator: { wordErrors: 1 }, denominator: { words: 1 } },
  matchErrorRate: { numerator: { wordErrors: 1 }, denominator: { wordErrors: 1, wordHits: 1 } },
  characterErrorRate: { numerator: { characterErrors: 1 }, denominator: { characters: 1 } },
  detectionPrecision: { numerator: { truePositive: 1 }, denominator: { truePositive: 1, falsePositive: 1 } },
  detectionRecall: { numerator: { truePositive: 1 }, denominator: { truePositive: 1, falseNegative: 1 } },
  microF1: {
    numerator: { truePositive: 2 },
    denominator: { truePositive: 2, falsePositive: 1, falseNegative: 1 },
  },
  meanIou: { numerator: { iou: 1 }, denominator: { truePositive: 1 } },
  exactSpanF1: { numerator: { exactHits: 2 }, denominator: { regions: 1 } },
  partialSpanF1: { numerator: { partialHits: 2 }, denominator: { regions: 1 } },
  typeSpanF1: { numerator: { typeHits: 2 }, denominator: { regions: 1 } },
  eventPrecision: { numerator: { trueAlarms: 1 }, denominator: { alarms: 1 } },
  eventRecall: { numerator: { foundEvents: 1 }, denominator: { events: 1 } },
  falseAlarmsPer1000: { numerator: { falseAlarms: 1000 }, denominator: { steps: 1 } },
  hammingLoss: { numerator: { wrongLabels: 1 }, denominator: { labels: 1 } },
} satisfies Record<string, RatioMetric>;

/** Numerators and denominators of the selected rows that have an output. */
interface RatioTerms {
  numerator: Float64Array;
  denominator: Float64Array;
}

/**
 * Computes numerator and denominator of each selected row.
 * @param rows numbers of rows, all with an output @throws ArgumentError for a part that the columns do not have
 */
export function ratioTerms(columns: RowColumns, ratio: RatioMetric, rows: Uint32Array): RatioTerms {
  checkSelection(rows, columns.answer.length);
  return {
    numerator: weightedParts(columns, ratio.numerator, rows),
    denominator: weightedParts(columns, ratio.denominator, rows),
  };
}

function weightedParts({ parts }: RowColumns, weights: Record<string, number>, rows: Uint32Array): Float64Array {
  const sums = new Float64Array(rows.length);
  for (const [name, weight] of Object.entries(weights)) {
    if (!Number.isFinite(weight)) throw new ArgumentError("Weights of parts must be finite numbers.");
    const values = name === one ? null : parts?.[name];
    if (values === undefined) throw new ArgumentError(`The rows have no part "${name}".`);
    for (let at = 0; at < rows.length; at += 1) {
      sums[at] = (sums[at] as number) + weight * (values ? (values[rows[at] as number] as number) : 1);
    }
  }
  return sums;
}

/** Computes the metric of summed parts; NaN where the denominator is 0. */
export function ratioOfSums(numerator: number, denominator: number, isRoot = false): number {
  if (denominator === 0) return Number.NaN;
  return isRoot ? Math.sqrt(Math.max(0, numerator / denominator)) : numerator / denominator;
}

/** The value of a metric with its interval; null where undefined. */
export interface MetricEstimate {
  value: number | null;
  interval: Band | null;
}

/**
 * Computes a ratio metric of one version with a percentile bootstrap of rows, or of clusters when rows share an entity. Failed rows are
 * left out.
 * @param clusters number of the entity of each row of the set
 * @throws ArgumentError for missing parts, numbers that are not finite or columns of different lengths
 */
export function ratioMetric(
  columns: RowColumns,
  ratio: RatioMetric,
  {
    rows = null,
    clusters = null,
    ...options
  }: { rows?: RowSelection; clusters?: Uint32Array | null } & BootstrapOptions = {},
): MetricEstimate {
  const selected = answeredRows([columns], rows);
  const { numerator, denominator } = ratioTerms(columns, ratio, selected);
  const isRoot = ratio.isRoot === true;
  const units = clusters
    ? [numerator, denominator].map((values) => sumByCluster(values, clusters, selected))
    : [numerator, denominator];
  const value = ratioOfSums(sumOfValues(numerator), sumOfValues(denominator), isRoot);
  const [interval] = bootstrapOfSums(
    units,
    1,
    (sums, into) => {
      into[0] = ratioOfSums(sums[0] as number, sums[1] as number, isRoot);
    },
    options,
  );
  return { value: Number.isNaN(value) ? null : value, interval: interval ?? null };
}

/**
 * Returns the selected rows for which every version returned an output.
 * @throws ArgumentError for a selected row outside of the set, or versions of different sets
 */
export function answeredRows(versions: readonly Pick<RowColumns, "answer">[], rows: RowSelection): Uint32Array {
  const count = versions[0]?.answer.length ?? 0;
  if (versions.some(({ answer }) => answer.length !== count)) {
    throw new ArgumentError("Versions must be evaluated on the same rows.");
  }
  checkSelection(rows, count);
  const answered = new Uint32Array(rows ? rows.length : count);
  let found = 0;
  for (let at = 0; at < answered.length; at += 1) {
    const row = rows ? (rows[at] as number) : at;
    let isAnswered = true;
    for (const { answer } of versions) isAnswered &&= answer[row] !== failedAnswer;
    if (isAnswered) answered[found++] = row;
  }
  return answered.subarray(0, found);
}

/**
 * Adds values of rows by their cluster, in the order in which clusters occur.
 * @param clusters number of the cluster of each row of the set @param rows the row of each value
 * @throws ArgumentError if the clusters are fewer than the rows
 */
export function sumByCluster(values: ArrayLike<number>, clusters: Uint32Array, rows: Uint32Array): Float64Array {
  const places = new Map<number, number>();
  const sums: number[] = [];
  for (let at = 0; at < rows.length; at += 1) {
    const cluster = clusters[rows[at] as number];
    if (cluster === undefined) throw new ArgumentError("Every row must have a cluster.");
    let place = places.get(cluster);
    if (place === undefined) {
      place = sums.length;
      places.set(cluster, place);
      sums.push(0);
    }
    sums[place] = (sums[place] as number) + (values[at] ?? 0);
  }
  return Float64Array.from(sums);
}

/** Returns the sum of values. */
export function sumOfValues(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) sum += values[at] as number;
  return sum;
}
