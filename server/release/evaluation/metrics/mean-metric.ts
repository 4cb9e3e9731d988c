import type { EvaluationMetricId } from "#server/develop/registry/evaluation-metrics/contract.ts";
import { failedAnswer, type RowColumns } from "#server/stats/evaluation/row-columns.ts";
import { meanInterval } from "#server/stats/student-t.ts";
import type { EvaluationMetric } from "../contract.ts";
import { clusteredInterval } from "./clustered-interval.ts";
import { metricOf } from "./metric-catalogue.ts";
import type { Selected } from "./task-metrics.ts";

/**
 * Computes the mean of a value per row with Student's t (docs/spec/evaluation.md section 1.4). Rows without an answer are left out; a weighted mean has no
 * interval, and rows that share entities have a bootstrap of these, which Student's t does not know.
 */
export function meanMetric(
  id: EvaluationMetricId,
  columns: RowColumns,
  values: Float32Array | Float64Array,
  { rows, weights, clusters }: { rows: Selected; weights: Float32Array | null; clusters: Uint32Array | null },
): EvaluationMetric {
  const { answer } = columns;
  let [count, total, mean, m2] = [0, 0, 0, 0];
  const selected = rows ? rows.length : answer.length;
  for (let at = 0; at < selected; at += 1) {
    const row = rows ? (rows[at] as number) : at;
    const weight = weights ? (weights[row] as number) : 1;
    if (answer[row] === failedAnswer || weight === 0) continue;
    const value = values[row] as number;
    count += 1;
    total += weight;
    const delta = value - mean;
    mean += (delta * weight) / total;
    m2 += delta * weight * (value - mean);
  }
  if (count === 0) return metricOf(id, { value: null });
  if (clusters && !weights) {
    const of = { numerator: (row: number) => values[row] as number, isOfAnswered: true };
    const interval = clusteredInterval(columns, of, { rows, clusters });
    return metricOf(id, { value: mean, interval, method: "bootstrap" });
  }
  const isPlain = !weights && !clusters && count >= 2;
  const interval = isPlain ? meanInterval({ count, mean, deviation: Math.sqrt(m2 / (count - 1)) }) : undefined;
  return metricOf(id, { value: mean, interval: interval ?? null, method: "Student's t" });
}
