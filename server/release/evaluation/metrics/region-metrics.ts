import { type RatioMetric, ratioMetric, ratioMetrics } from "#server/stats/evaluation/ratio-metrics.ts";
import type { RowColumns } from "#server/stats/evaluation/row-columns.ts";
import { wilsonInterval } from "#server/stats/proportion.ts";
import type { EvaluationMetric } from "../contract.ts";
import { metricOf } from "./metric-catalogue.ts";
import type { Selected } from "./task-metrics.ts";

/** F1, precision and recall of all boxes or spans together, the headline first. */
export const regionRatios = [
  ["regionF1", ratioMetrics.microF1],
  ["regionPrecision", ratioMetrics.detectionPrecision],
  ["regionRecall", ratioMetrics.detectionRecall],
] as const satisfies [string, RatioMetric][];

const shareOfRows: RatioMetric = { numerator: { correct: 1 }, denominator: { rows: 1 } };

/** Computes the share of rows on which everything is correct; a row without an answer is not. */
export function exactRows(
  columns: RowColumns,
  { rows, clusters }: { rows: Selected; clusters: Uint32Array | null },
): EvaluationMetric {
  const count = rows ? rows.length : columns.correct.length;
  if (count === 0) return metricOf("exactMatch", { value: null });
  if (clusters) {
    const counted = {
      ...columns,
      answer: new Uint16Array(columns.answer.length),
      parts: { correct: Float32Array.from(columns.correct) },
    };
    return metricOf("exactMatch", { ...ratioMetric(counted, shareOfRows, { rows, clusters }), method: "bootstrap" });
  }
  let hits = 0;
  for (let at = 0; at < count; at += 1) hits += columns.correct[rows ? (rows[at] as number) : at] as number;
  const share = hits / count;
  return metricOf("exactMatch", { value: share, interval: wilsonInterval({ share, count }), method: "Wilson" });
}

/** Returns the shares of one class. Its boxes or spans go together by row, so they have no interval of Wilson. */
export function sharesOf(
  name: string,
  { hits, actual, predicted }: { hits: number; actual: number; predicted: number },
) {
  const share = (count: number, of: number) => (of > 0 ? count / of : null);
  return {
    name,
    support: actual,
    predicted,
    precision: share(hits, predicted),
    precisionInterval: null,
    recall: share(hits, actual),
    recallInterval: null,
    f1: share(2 * hits, actual + predicted),
  };
}
