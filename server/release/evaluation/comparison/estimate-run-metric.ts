import type { EvaluationMetricId } from "#server/develop/registry/evaluation-metrics/contract.ts";
import type { Band } from "#server/stats/estimation/cell-metrics.ts";
import {
  classificationIntervals,
  classificationMetrics,
  countConfusion,
} from "#server/stats/evaluation/classification.ts";
import type { PairedMetric } from "#server/stats/evaluation/compare-paired.ts";
import { rankedCurves } from "#server/stats/evaluation/curves.ts";
import { ratioMetric } from "#server/stats/evaluation/ratio-metrics.ts";
import { failedAnswer } from "#server/stats/evaluation/row-columns.ts";
import { wilsonInterval } from "#server/stats/proportion.ts";
import { meanInterval } from "#server/stats/student-t.ts";
import { clusteredInterval } from "../metrics/clustered-interval.ts";
import { isMetricId } from "../metrics/metric-catalogue.ts";
import type { Pairing, Selected, TaskMetrics } from "../metrics/task-metrics.ts";
import { boxPrecisionInterval } from "./box-precision.ts";

/** A metric of one run with its interval. */
export interface RunMetric {
  value: number;
  interval: Band | null;
  method: string | null;
}

/**
 * Computes a metric of a run on all rows or on a segment, with its interval at a confidence level; metrics that no interval is known of have none.
 * @returns undefined for a metric that the run does not have, or whose value is undefined
 */
export function estimateRunMetric(
  measured: TaskMetrics,
  { id, rows, level }: { id: string; rows: Selected; level: number },
): RunMetric | undefined {
  if (!isMetricId(id)) return undefined;
  // Its interval is computed below, at the level that is asked for.
  const metric = measured.measure(rows, false, id).find((one) => one.id === id);
  if (!metric || metric.value === null) return undefined;
  const { interval, method } = intervalOf(measured.pairing, id, rows, level);
  return { value: metric.value, interval, method: interval ? method : null };
}

const noInterval = { interval: null, method: null };

function intervalOf(
  pairing: Pairing,
  id: EvaluationMetricId,
  rows: Selected,
  level: number,
): { interval: Band | null; method: string | null } {
  const ofBoxes = boxPrecisionInterval(pairing, { id, rows, level });
  if (ofBoxes !== undefined) return { interval: ofBoxes, method: "bootstrap" };
  const metric = pairing.metrics[id];
  if (!metric) return noInterval;
  const units = pairing.unitsOf(rows);
  const { clusters } = pairing;
  if (metric.name === "ratio") {
    const { columns } = pairing;
    return {
      interval: ratioMetric(columns, metric.ratio, { rows: units, clusters, level }).interval,
      method: "bootstrap",
    };
  }
  // Rows that share an entity are fewer than they seem, which the other intervals do not know.
  if (clusters) return intervalOfClusters(pairing, metric, { rows: units, clusters, level });
  if (metric.name === "loss") return { interval: lossInterval(pairing, units, level), method: "Student's t" };
  if (metric.name === "accuracy") return { interval: shareOf(pairing, units, level), method: "Wilson" };
  if (metric.name === "rocAuc" || metric.name === "averagePrecision") {
    return { interval: rankInterval(pairing, metric.name, units, level), method: "infinitesimal jackknife" };
  }
  return confusionInterval(pairing, metric, units, level);
}

/** Shares and means are ratios of sums, of which clusters can be resampled. A row without an answer is incorrect, and has no loss. */
function intervalOfClusters(
  { columns }: Pairing,
  { name }: PairedMetric,
  selected: { rows: Selected; clusters: Uint32Array; level: number },
): { interval: Band | null; method: string | null } {
  if (name !== "accuracy" && name !== "loss") return noInterval;
  const values = name === "accuracy" ? columns.correct : columns.loss;
  const share = { numerator: (row: number) => values[row] as number, isOfAnswered: name === "loss" };
  return { interval: clusteredInterval(columns, share, selected), method: "bootstrap" };
}

function selected({ columns }: Pairing, rows: Selected): number[] {
  return Array.from(rows ?? { length: columns.answer.length }, (row, at) => row ?? at);
}

function shareOf(pairing: Pairing, rows: Selected, level: number): Band | null {
  const chosen = selected(pairing, rows);
  const hits = chosen.reduce((sum, row) => sum + (pairing.columns.correct[row] as number), 0);
  return chosen.length > 0 ? wilsonInterval({ share: hits / chosen.length, count: chosen.length }, level) : null;
}

function lossInterval(pairing: Pairing, rows: Selected, level: number): Band | null {
  const { answer, loss } = pairing.columns;
  const losses = selected(pairing, rows).flatMap((row) => (answer[row] === failedAnswer ? [] : [loss[row] as number]));
  const count = losses.length;
  const mean = losses.reduce((sum, value) => sum + value, 0) / count;
  const squares = losses.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return meanInterval({ count, mean, deviation: Math.sqrt(squares / (count - 1)) }, level) ?? null;
}

function rankInterval(
  pairing: Pairing,
  name: "rocAuc" | "averagePrecision",
  rows: Selected,
  level: number,
): Band | null {
  const { answer, score } = pairing.columns;
  const answered = selected(pairing, rows).filter((row) => answer[row] !== failedAnswer);
  const curves = rankedCurves(
    answered.map((row) => score[row] as number),
    answered.map((row) => (pairing.truth?.[row] === 1 ? 1 : 0)),
    { level },
  );
  return name === "rocAuc" ? curves.rocAucInterval : curves.averagePrecisionInterval;
}

function confusionInterval(
  { columns, truth, classes }: Pairing,
  metric: Exclude<PairedMetric, { name: "ratio" }>,
  rows: Selected,
  level: number,
): { interval: Band | null; method: string | null } {
  if (!truth) return noInterval;
  const answer = columns.answer.map((value) => (value < classes ? value : failedAnswer));
  const confusion = countConfusion(truth, answer, classes, { rows });
  if ("of" in metric && metric.name !== "f1") {
    const found = classificationMetrics(confusion).classes[metric.of];
    const share = metric.name === "precision" ? found?.precision : found?.recall;
    const count = metric.name === "precision" ? found?.predicted : found?.support;
    const isKnown = typeof share === "number" && count !== undefined && count > 0;
    return { interval: isKnown ? wilsonInterval({ share, count }, level) : null, method: "Wilson" };
  }
  const intervals = classificationIntervals(confusion, { level });
  if ("of" in metric) return { interval: intervals.f1[metric.of] ?? null, method: "bootstrap" };
  const known = intervals as unknown as Record<string, Band | null>;
  return { interval: known[metric.name] ?? null, method: "bootstrap" };
}
