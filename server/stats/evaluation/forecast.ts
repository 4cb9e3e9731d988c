import { ArgumentError, requireFinite, requireSameLength } from "../argument-error.ts";
import type { Band } from "../estimation/cell-metrics.ts";
import { wilsonInterval } from "../proportion.ts";
import { addError, emptyErrors, numberMetrics } from "../quality/regression.ts";
import { type BootstrapOptions, bootstrapOfSums } from "./bootstrap.ts";
import { type MetricEstimate, ratioOfSums } from "./ratio-metrics.ts";

/** Predicted numbers with the actual ones. */
export interface ForecastInput {
  actual: ArrayLike<number>;
  predicted: ArrayLike<number>;
  /** Weight of each row, as a price; null: all the same. */
  weights?: ArrayLike<number> | null;
  /** Values before the first forecast, by which errors are scaled. */
  history?: ArrayLike<number> | null;
  /** Steps of a season of the history: 1 compares with the value before. */
  season?: number;
  /** Predicted quantiles by their level. */
  quantiles?: Readonly<Record<string, ArrayLike<number>>> | null;
  /** Predicted interval that should contain a share of the actual values. */
  interval?: { low: ArrayLike<number>; high: ArrayLike<number>; level: number } | null;
}

/** How predicted intervals do. */
interface IntervalCoverage {
  /** Share of actual values within, both ends included. */
  share: number;
  /** Wilson's. */
  interval: Band;
  /** Negative where ends cross. */
  meanWidth: number;
  /** Width, plus 2/α for each unit outside (Gneiting and Raftery 2007); lower is better. */
  intervalScore: number;
}

/** Metrics of regression and forecasts; null where undefined. Errors are predicted less actual. */
export interface ForecastMetrics {
  rows: number;
  mae: number | null;
  rmse: number | null;
  bias: number | null;
  /** Of rows whose actual value is not 0. */
  mape: number | null;
  /** Rows that MAPE skips. */
  skippedZeros: number;
  /** False where more than 1% of the actual values are 0: then MAPE must not decide. */
  isMapeUsable: boolean;
  /** Σ|error| / Σ|actual|. */
  wape: number | null;
  /** Σ error / Σ|actual|. */
  relativeBias: number | null;
  /** Mean of 2|error| / (|actual| + |predicted|), 0 where both are 0. */
  smape: number | null;
  r2: number | null;
  /** Errors divided by the mean, or the root of the mean square, of the seasonal differences of the history. */
  mase: number | null;
  rmsse: number | null;
  /** Pinball loss by level of quantile. */
  pinball: Record<string, number>;
  /** Share of actual values at or below the quantile. */
  below: Record<string, number>;
  coverage: IntervalCoverage | null;
}

/** MAPE is unusable above this share of actual values of 0. */
const maxZeroShare = 0.01;

/**
 * Computes the metrics of regression and forecasts (Hyndman and Koehler, "Another look at measures of forecast accuracy", 2006;
 * docs/spec/evaluation.md sections 6.1 and 6.2).
 * @throws ArgumentError for numbers that are not finite, negative weights, lists of different lengths, or levels outside of 0 to 1
 */
export function forecastMetrics(input: ForecastInput): ForecastMetrics {
  const { actual, predicted, weights = null, quantiles = null, interval = null } = input;
  checkRows(actual, predicted, weights);
  const rows = actual.length;
  const sums = { weight: 0, absolute: 0, squared: 0, error: 0, truth: 0, absoluteTruth: 0, relative: 0, symmetric: 0 };
  let [relativeWeight, skippedZeros] = [0, 0];
  for (let row = 0; row < rows; row += 1) {
    const [truth, said, weight] = [actual[row] as number, predicted[row] as number, weights ? weights[row] : 1] as [
      number,
      number,
      number,
    ];
    const error = said - truth;
    sums.weight += weight;
    sums.absolute += weight * Math.abs(error);
    sums.squared += weight * error * error;
    sums.error += weight * error;
    sums.truth += weight * truth;
    sums.absoluteTruth += weight * Math.abs(truth);
    const size = Math.abs(truth) + Math.abs(said);
    sums.symmetric += size > 0 ? (2 * weight * Math.abs(error)) / size : 0;
    if (truth === 0) skippedZeros += 1;
    else {
      sums.relative += weight * Math.abs(error / truth);
      relativeWeight += weight;
    }
  }
  const mae = finiteRatio(sums.absolute, sums.weight);
  const meanSquare = finiteRatio(sums.squared, sums.weight);
  const rmse = meanSquare === null ? null : Math.sqrt(meanSquare);
  const scale = historyScale(input);
  return {
    rows,
    mae,
    rmse,
    bias: finiteRatio(sums.error, sums.weight),
    mape: finiteRatio(sums.relative, relativeWeight),
    skippedZeros,
    isMapeUsable: rows > 0 && skippedZeros <= maxZeroShare * rows,
    wape: finiteRatio(sums.absolute, sums.absoluteTruth),
    relativeBias: finiteRatio(sums.error, sums.absoluteTruth),
    smape: finiteRatio(sums.symmetric, sums.weight),
    r2: explained(actual, weights, { squared: sums.squared, mean: sums.truth / sums.weight }),
    mase: mae === null || !scale ? null : finiteRatio(mae, scale.absolute),
    rmsse: rmse === null || !scale ? null : finiteRatio(rmse, scale.root),
    ...quantileLosses(actual, weights, quantiles),
    coverage: rows > 0 && interval ? coverageOf(actual, interval) : null,
  };
}

function checkRows(actual: ArrayLike<number>, predicted: ArrayLike<number>, weights: ArrayLike<number> | null): void {
  requireSameLength(actual, predicted, "Actual and predicted values");
  requireFinite(actual, "Actual values");
  requireFinite(predicted, "Predicted values");
  if (!weights) return;
  requireSameLength(actual, weights, "Rows and weights");
  for (let row = 0; row < weights.length; row += 1) {
    const weight = weights[row] as number;
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      throw new ArgumentError("Weights must be finite numbers of at least 0.");
    }
  }
}

function finiteRatio(part: number, of: number): number | null {
  const ratio = of > 0 ? part / of : Number.NaN;
  return Number.isFinite(ratio) ? ratio : null;
}

/** Computes R²; null with fewer than two rows or where all actual values are the same. */
function explained(
  actual: ArrayLike<number>,
  weights: ArrayLike<number> | null,
  { squared, mean }: { squared: number; mean: number },
): number | null {
  let spread = 0;
  for (let row = 0; row < actual.length; row += 1) {
    spread += (weights ? (weights[row] as number) : 1) * ((actual[row] as number) - mean) ** 2;
  }
  const unexplained = actual.length > 1 ? finiteRatio(squared, spread) : null;
  return unexplained === null ? null : 1 - unexplained;
}

function historyScale({ history = null, season = 1 }: ForecastInput): { absolute: number; root: number } | null {
  if (!history) return null;
  if (!(Number.isInteger(season) && season >= 1)) throw new ArgumentError("A season must be a whole number of steps.");
  requireFinite(history, "Values of the history");
  const count = history.length - season;
  if (count <= 0) return null;
  let [absolute, squared] = [0, 0];
  for (let at = season; at < history.length; at += 1) {
    const step = (history[at] as number) - (history[at - season] as number);
    absolute += Math.abs(step);
    squared += step * step;
  }
  return { absolute: absolute / count, root: Math.sqrt(squared / count) };
}

function quantileLosses(
  actual: ArrayLike<number>,
  weights: ArrayLike<number> | null,
  quantiles: Readonly<Record<string, ArrayLike<number>>> | null,
): { pinball: Record<string, number>; below: Record<string, number> } {
  const [pinball, below]: Record<string, number>[] = [{}, {}] as const;
  for (const [name, values] of Object.entries(quantiles ?? {})) {
    const level = Number(name);
    if (!(level > 0 && level < 1)) throw new ArgumentError("Levels of quantiles must be above 0 and below 1.");
    checkRows(actual, values, null);
    let [loss, hits, weight] = [0, 0, 0];
    for (let row = 0; row < actual.length; row += 1) {
      const [truth, said, own] = [actual[row], values[row], weights ? weights[row] : 1] as [number, number, number];
      loss += own * (truth >= said ? level * (truth - said) : (1 - level) * (said - truth));
      hits += truth <= said ? own : 0;
      weight += own;
    }
    if (!(weight > 0)) continue;
    (pinball as Record<string, number>)[name] = loss / weight;
    (below as Record<string, number>)[name] = hits / weight;
  }
  return { pinball: pinball as Record<string, number>, below: below as Record<string, number> };
}

function coverageOf(
  actual: ArrayLike<number>,
  { low, high, level }: { low: ArrayLike<number>; high: ArrayLike<number>; level: number },
): IntervalCoverage {
  if (!(level > 0 && level < 1)) throw new ArgumentError("The level of an interval must be above 0 and below 1.");
  checkRows(actual, low, null);
  checkRows(actual, high, null);
  const rows = actual.length;
  let [hits, width, outside] = [0, 0, 0];
  for (let row = 0; row < rows; row += 1) {
    const [truth, from, to] = [actual[row], low[row], high[row]] as [number, number, number];
    if (truth >= from && truth <= to) hits += 1;
    width += to - from;
    outside += Math.max(0, from - truth) + Math.max(0, truth - to);
  }
  const share = hits / rows;
  return {
    share,
    interval: wilsonInterval({ share, count: rows }),
    meanWidth: width / rows,
    intervalScore: (width + (2 / (1 - level)) * outside) / rows,
  };
}

/** Intervals of the headline metrics of rows without weights; null where undefined. */
export interface ForecastIntervals {
  mae: Band | null;
  rmse: Band | null;
  bias: Band | null;
  mape: Band | null;
  wape: Band | null;
  relativeBias: Band | null;
  smape: Band | null;
}

/**
 * Computes 95% intervals: means of errors by Student's t, RMSE by the delta method (numberMetrics), ratios of sums by a percentile
 * bootstrap of rows (docs/spec/evaluation.md sections 2.5 and 6.1).
 * @throws ArgumentError for numbers that are not finite or lists of different lengths
 */
export function forecastIntervals(
  actual: ArrayLike<number>,
  predicted: ArrayLike<number>,
  options: BootstrapOptions = {},
): ForecastIntervals {
  checkRows(actual, predicted, null);
  const rows = actual.length;
  const sums = emptyErrors();
  const of = () => new Float64Array(rows);
  const [absolute, error, truth, symmetric] = [of(), of(), of(), of()];
  for (let row = 0; row < rows; row += 1) {
    const [own, said] = [actual[row] as number, predicted[row] as number];
    addError(sums, said, own);
    absolute[row] = Math.abs(said - own);
    error[row] = said - own;
    truth[row] = Math.abs(own);
    const size = Math.abs(own) + Math.abs(said);
    symmetric[row] = size > 0 ? (2 * Math.abs(said - own)) / size : 0;
  }
  const known = numberMetrics(sums);
  const [wape, relativeBias, smape] = bootstrapOfSums(
    [absolute, error, truth, symmetric, new Float64Array(rows).fill(1)],
    3,
    ([absoluteSum, errorSum, truthSum, symmetricSum, count], into) => {
      into[0] = ratioOfSums(absoluteSum as number, truthSum as number);
      into[1] = ratioOfSums(errorSum as number, truthSum as number);
      into[2] = ratioOfSums(symmetricSum as number, count as number);
    },
    options,
  );
  return {
    mae: known.meanAbsoluteError?.interval ?? null,
    rmse: known.rootMeanSquaredError?.interval ?? null,
    bias: known.bias?.interval ?? null,
    mape: known.meanAbsolutePercentageError?.interval ?? null,
    wape: wape ?? null,
    relativeBias: relativeBias ?? null,
    smape: smape ?? null,
  };
}

/** Errors of one horizon or one series. */
export interface ForecastGroup {
  group: number;
  rows: number;
  /** Σ weight · |error|: with prices as weights, what the errors cost. */
  errorCost: number;
  wape: MetricEstimate;
  bias: number | null;
  relativeBias: number | null;
}

/**
 * Computes errors by horizon or by series, the greatest cost of errors first (docs/spec/evaluation.md section 6.3).
 * @param groups number of the horizon or series of each row @param limit greatest number of groups returned
 * @throws ArgumentError for numbers that are not finite, negative weights, groups that are no numbers from 0 to 2^53, or lists of
 * different lengths
 */
export function forecastByGroup(
  { actual, predicted, weights = null }: Pick<ForecastInput, "actual" | "predicted" | "weights">,
  groups: ArrayLike<number>,
  { limit = 1_000, ...options }: { limit?: number } & BootstrapOptions = {},
): ForecastGroup[] {
  checkRows(actual, predicted, weights);
  requireSameLength(actual, groups, "Rows and groups");
  const rowsOf = new Map<number, number[]>();
  for (let row = 0; row < groups.length; row += 1) {
    const group = groups[row] as number;
    if (!(Number.isInteger(group) && group >= 0)) throw new ArgumentError("Groups must be whole numbers from 0.");
    const rows = rowsOf.get(group);
    if (rows) rows.push(row);
    else rowsOf.set(group, [row]);
  }
  const costOf = (row: number) =>
    (weights ? (weights[row] as number) : 1) * Math.abs((predicted[row] as number) - (actual[row] as number));
  return [...rowsOf]
    .map(([group, rows]) => ({ group, rows, errorCost: rows.reduce((sum, row) => sum + costOf(row), 0) }))
    .sort((a, b) => b.errorCost - a.errorCost || a.group - b.group)
    .slice(0, Math.max(0, limit))
    .map(({ group, rows, errorCost }) => {
      const take = (values: ArrayLike<number>) => Float64Array.from(rows, (row) => values[row] as number);
      const [own, said] = [take(actual), take(predicted)];
      const metrics = forecastMetrics({ actual: own, predicted: said });
      const { wape } = forecastIntervals(own, said, options);
      return {
        group,
        rows: rows.length,
        errorCost,
        wape: { value: metrics.wape, interval: metrics.wape === null ? null : wape },
        bias: metrics.bias,
        relativeBias: metrics.relativeBias,
      };
    });
}
