import {
  type DescribedMetric,
  type EvaluationMetricId,
  evaluationMetrics,
  findEvaluationMetric,
} from "#server/develop/registry/evaluation-metrics/contract.ts";
import type { EvaluationMetric } from "../contract.ts";

/** Describes a metric by its id. */
export function describeMetric(id: EvaluationMetricId): DescribedMetric {
  return evaluationMetrics[id];
}

/** Whether a text is the id of a metric. */
export function isMetricId(id: string): id is EvaluationMetricId {
  return findEvaluationMetric(id) !== undefined;
}

type Measured = Partial<Pick<EvaluationMetric, "interval" | "method" | "note">> & { value: number | null };

/** Builds a metric from what was measured. A method without an interval is left out. */
export function metricOf(
  id: EvaluationMetricId,
  { value, interval = null, method = null, note = null }: Measured,
): EvaluationMetric {
  return { id, ...describeMetric(id), value, interval, method: interval ? method : null, note };
}
