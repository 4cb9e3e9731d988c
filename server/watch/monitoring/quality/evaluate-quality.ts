import { minRows } from "../contract.ts";
import type { Measured, QualityObjective } from "./contract.ts";
import { metricFacts, type QualityState } from "./metrics/constants.ts";
import type { QualityMetric } from "./metrics/contract.ts";

interface Evaluated {
  metric: QualityMetric;
  realised: Measured | null;
  estimated: Measured | null;
  objective: QualityObjective | null;
  reference: number | null;
}

/** Tolerance relative to the reference, in the metric's own unit or as a share of the reference's error. */
const sameShare = 0.02;

/**
 * Returns the threshold for quality: the objective of an SLO, otherwise the reference's value with a tolerance for irrelevant differences.
 * Null if neither is known.
 */
export function lineOf({ metric, objective, reference }: Omit<Evaluated, "realised" | "estimated">): number | null {
  if (objective) return objective.value;
  const { isHigherBetter } = metricFacts[metric];
  if (reference === null || isHigherBetter === null) return null;
  return isHigherBetter ? reference - sameShare : reference * (1 + 5 * sameShare);
}

/**
 * Evaluates quality. It is worse only if the complete interval is on the wrong side of the threshold; fewer than 50 rows are insufficient
 * data.
 */
export function evaluateQuality(evaluated: Evaluated): QualityState {
  const { metric, realised, estimated } = evaluated;
  if (!realised && !estimated) return "no-data";
  const line = lineOf(evaluated);
  if (line === null) return "unjudged";
  if (realised && isBeyond(metric, realised, line)) return "below";
  if (estimated && isBeyond(metric, estimated, line)) return "watch";
  return "fine";
}

/** Whether the complete interval is worse than the threshold. */
export function isBeyond(metric: QualityMetric, { value, low, high, rows }: Measured, line: number): boolean {
  if (rows < minRows) return false;
  const { isHigherBetter } = metricFacts[metric];
  if (isHigherBetter === null) return false;
  return isHigherBetter ? (high ?? value) < line : (low ?? value) > line;
}
