import { type RatioMetric, ratioMetrics } from "#server/stats/evaluation/ratio-metrics.ts";
import { failedAnswer, type RowColumns } from "#server/stats/evaluation/row-columns.ts";
import type { EvaluationMetric, EvaluationPanels } from "../contract.ts";
import type { RunRows } from "../runs/score-rows.ts";
import type { SetRows } from "../sets/set-rows.ts";
import { meanMetric } from "./mean-metric.ts";
import { metricOf } from "./metric-catalogue.ts";
import { ratioEstimate } from "./ratio-estimate.ts";
import { runColumns } from "./run-columns.ts";
import type { Selected, TaskMetrics } from "./task-metrics.ts";

const ratios = ["rootMeanSquaredError", "wape", "relativeBias"] as const;
const shownQuantiles = [0.05, 0.25, 0.5, 0.75, 0.95];
/** Points of the scatter plot, evenly over the rows. */
const maxPoints = 500;
const maxWorst = 10;
/** Labels of 0 beyond which MAPE says nothing about the rest. */
const maxZeroShare = 0.01;

/** Measures numbers: errors, and what of them is bias (docs/spec/evaluation.md section 6). */
export function numberTask(kind: "regression" | "forecast", set: SetRows, run: RunRows): TaskMetrics {
  const truth = set.columns.truth as Float64Array;
  const weights = (set.columns.weight as Float32Array | undefined) ?? null;
  const clusters = (set.columns.cluster as Uint32Array | undefined) ?? null;
  const plain = runColumns(run);
  const errors = errorsOf(plain, truth);
  const columns: RowColumns = { ...plain, parts: weightedParts(errors, truth, weights) };
  const options = (rows: Selected) => ({ rows, weights, clusters });
  const measure = (rows: Selected): EvaluationMetric[] => {
    const ofRatio = (id: (typeof ratios)[number]) =>
      ratioEstimate(id, columns, weightedMean(ratioMetrics[id]), { rows, clusters });
    const absolute = meanMetric("meanAbsoluteError", columns, errors.absolute, options(rows));
    const bias = meanMetric("bias", columns, errors.signed, options(rows));
    const [rmse, wape, relative] = ratios.map(ofRatio) as [EvaluationMetric, EvaluationMetric, EvaluationMetric];
    const rest = [...shareErrors(columns, truth, rows, weights), determination(columns, truth, rows, weights)];
    // Demand is judged by its volume.
    return kind === "forecast"
      ? [wape, bias, relative, absolute, rmse, ...rest]
      : [absolute, rmse, bias, ...rest, wape];
  };
  // The first one is the headline.
  const wape = { name: "ratio", ratio: ratioMetrics.wape } as const;
  const meanAbsoluteError = weights
    ? ({ name: "ratio", ratio: weightedMean(ratioMetrics.meanAbsoluteError) } as const)
    : ({ name: "loss" } as const);
  const others = {
    rootMeanSquaredError: { name: "ratio", ratio: weightedMean(ratioMetrics.rootMeanSquaredError) },
    bias: { name: "ratio", ratio: weightedMean(ratioMetrics.bias) },
    relativeBias: { name: "ratio", ratio: ratioMetrics.relativeBias },
  } as const;
  return {
    measure,
    panels: () => (kind === "forecast" ? forecastPanels(set, columns, errors) : regressionPanels(set, columns, errors)),
    pairing: {
      columns,
      truth: null,
      classes: 0,
      clusters,
      metrics: kind === "forecast" ? { wape, meanAbsoluteError, ...others } : { meanAbsoluteError, wape, ...others },
      unitsOf: (rows) => rows,
    },
  };
}

interface Errors {
  /** Prediction less label. */
  signed: Float64Array;
  absolute: Float64Array;
}

function errorsOf({ answer, score }: RowColumns, truth: Float64Array): Errors {
  const signed = new Float64Array(truth.length);
  for (let row = 0; row < truth.length; row += 1) {
    if (answer[row] !== failedAnswer) signed[row] = (score[row] as number) - (truth[row] as number);
  }
  return { signed, absolute: signed.map(Math.abs) };
}

/** Sums of each row in double precision: the square of a large error is beyond the range of a single one. */
function weightedParts({ signed, absolute }: Errors, truth: Float64Array, weights: Float32Array | null) {
  const part = (of: (row: number) => number) => {
    const values = new Float64Array(truth.length);
    for (let row = 0; row < values.length; row += 1) values[row] = (weights ? (weights[row] as number) : 1) * of(row);
    return values;
  };
  return {
    error: part((row) => signed[row] as number),
    absoluteError: part((row) => absolute[row] as number),
    squaredError: part((row) => (signed[row] as number) ** 2),
    absoluteTruth: part((row) => Math.abs(truth[row] as number)),
    weight: part(() => 1),
  };
}

/** A mean over rows becomes one over weights. */
function weightedMean(ratio: RatioMetric): RatioMetric {
  return "rows" in ratio.denominator ? { ...ratio, denominator: { weight: 1 } } : ratio;
}

/** MAPE without labels of 0, and sMAPE. */
function shareErrors(
  { answer, score }: RowColumns,
  truth: Float64Array,
  rows: Selected,
  weights: Float32Array | null,
): EvaluationMetric[] {
  let [mape, smape, counted, total, zeros] = [0, 0, 0, 0, 0];
  const selected = rows ? rows.length : truth.length;
  for (let at = 0; at < selected; at += 1) {
    const row = rows ? (rows[at] as number) : at;
    if (answer[row] === failedAnswer) continue;
    const weight = weights ? (weights[row] as number) : 1;
    const [actual, said] = [truth[row] as number, score[row] as number];
    const error = Math.abs(said - actual);
    total += weight;
    smape += error === 0 ? 0 : (weight * 2 * error) / (Math.abs(said) + Math.abs(actual));
    if (actual === 0) {
      zeros += weight;
      continue;
    }
    counted += weight;
    mape += (weight * error) / Math.abs(actual);
  }
  const note = zeros > 0 ? "Rows with label 0 are excluded." : null;
  const isTelling = total > 0 && zeros <= maxZeroShare * total;
  return [
    isTelling && counted > 0
      ? metricOf("mape", { value: mape / counted, note })
      : metricOf("mape", { value: null, note: total > 0 ? "More than 1% of the labels are 0." : null }),
    metricOf("smape", { value: total > 0 ? smape / total : null }),
  ];
}

/** R²: 1 less the share of the labels' variance that remains; null where labels are all the same. */
function determination(
  { answer, score }: RowColumns,
  truth: Float64Array,
  rows: Selected,
  weights: Float32Array | null,
): EvaluationMetric {
  let [total, mean, variance, residual] = [0, 0, 0, 0];
  const selected = rows ? rows.length : truth.length;
  for (let at = 0; at < selected; at += 1) {
    const row = rows ? (rows[at] as number) : at;
    const weight = weights ? (weights[row] as number) : 1;
    if (answer[row] === failedAnswer || weight === 0) continue;
    const actual = truth[row] as number;
    total += weight;
    const delta = actual - mean;
    mean += (delta * weight) / total;
    variance += weight * delta * (actual - mean);
    residual += weight * ((score[row] as number) - actual) ** 2;
  }
  return metricOf("r2", { value: variance > 0 ? 1 - residual / variance : null });
}

function quantilesOf(errors: Float64Array, answer: Uint16Array): number[] {
  const sorted = errors.filter((_, row) => answer[row] !== failedAnswer).sort();
  if (sorted.length === 0) return [];
  return shownQuantiles.map(
    (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number,
  );
}

function regressionPanels(set: SetRows, { answer, score }: RowColumns, { signed }: Errors): EvaluationPanels {
  const truth = set.columns.truth as Float64Array;
  const step = Math.max(1, Math.ceil(truth.length / maxPoints));
  const scatter = [];
  for (let row = 0; row < truth.length; row += step) {
    if (answer[row] === failedAnswer) continue;
    const number = (set.columns.row as Uint32Array)[row] as number;
    scatter.push({ row: number, label: truth[row] as number, prediction: score[row] as number });
  }
  return { kind: "regression", errorQuantiles: quantilesOf(signed, answer), scatter };
}

function forecastPanels(set: SetRows, columns: RowColumns, errors: Errors): EvaluationPanels {
  const by = (name: "horizon" | "series") => sumsBy(set, name, columns, errors);
  const truth = set.columns.truth as Float64Array;
  return {
    kind: "forecast",
    errorQuantiles: quantilesOf(errors.signed, columns.answer),
    byHorizon: by("horizon")
      .toSorted((a, b) => Number(a.name) - Number(b.name))
      .map(({ name, rows, wape, bias }) => ({ horizon: name, rows, wape, bias })),
    worstSeries: by("series")
      .toSorted((a, b) => b.absolute - a.absolute)
      .slice(0, maxWorst)
      .map(({ name, rows, wape, bias }) => ({ series: name, rows, wape, bias })),
    zeroLabels: truth.reduce((sum, value) => sum + (value === 0 ? 1 : 0), 0),
  };
}

function sumsBy(set: SetRows, name: "horizon" | "series", { answer }: RowColumns, { signed, absolute }: Errors) {
  const codes = set.columns[name] as Uint32Array | undefined;
  const names = set.head.names[name] ?? [];
  const sums = names.map((name) => ({ name, rows: 0, absolute: 0, signed: 0, volume: 0 }));
  for (let row = 0; codes && row < codes.length; row += 1) {
    const sum = sums[codes[row] as number];
    if (!sum || answer[row] === failedAnswer) continue;
    sum.rows += 1;
    sum.absolute += absolute[row] as number;
    sum.signed += signed[row] as number;
    sum.volume += Math.abs((set.columns.truth as Float64Array)[row] as number);
  }
  return sums
    .filter(({ rows }) => rows > 0)
    .map((sum) => ({
      name: sum.name,
      rows: sum.rows,
      absolute: sum.absolute,
      wape: sum.volume > 0 ? sum.absolute / sum.volume : null,
      bias: sum.signed / sum.rows,
    }));
}
