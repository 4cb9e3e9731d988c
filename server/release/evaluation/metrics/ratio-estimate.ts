import type { EvaluationMetricId } from "#server/develop/registry/evaluation-metrics/contract.ts";
import { type RatioMetric, ratioMetric } from "#server/stats/evaluation/ratio-metrics.ts";
import type { RowColumns } from "#server/stats/evaluation/row-columns.ts";
import type { EvaluationMetric } from "../contract.ts";
import { metricOf } from "./metric-catalogue.ts";
import type { Selected } from "./task-metrics.ts";

/** Computes a metric of sums over rows with a percentile bootstrap. */
export function ratioEstimate(
  id: EvaluationMetricId,
  columns: RowColumns,
  ratio: RatioMetric,
  options: { rows: Selected; clusters: Uint32Array | null },
): EvaluationMetric {
  return metricOf(id, { ...ratioMetric(columns, ratio, options), method: "bootstrap" });
}
