import { minRows } from "../contract.ts";
import type { Measured, QualityObjective } from "./contract.ts";
import { metricFacts, type QualityMetric, type QualityState } from "./metrics/contract.ts";

interface Evaluated {
  metric: QualityMetric;
  realised: Measured | null;
  estimated: Measured | null;
  objective: QualityObjective | null;
  reference: number | null;
}

/** How much worse than on the reference is still the same, in the metric's own unit or as a share of the reference's error. */
const sameShare = 0.02;

/**
 * The line that quality is held against: what an SLO promises, else what the reference showed with room for what does not matter. Null
 * where neither is known.
 */
export function lineOf({ metric, objective, reference }: Omit<Evaluated, "realised" | "estimated">): number | null {
  if (objective) return objective.value;
  const { isHigherBetter } = metricFacts[metric];
  if (reference === null || isHigherBetter === null) return null;
  return isHigherBetter ? reference - sameShare : reference * (1 + 5 * sameShare);
}

/** Only an interval that lies wholly on the wrong side of the line says that quality is worse; fewer than 50 rows say nothing. */
export function evaluateQuality(evaluated: Evaluated): QualityState {
  const { metric, realised, estimated } = evaluated;
  if (!realised && !estimated) return "no-data";
  const line = lineOf(evaluated);
  if (line === null) return "unjudged";
  if (realised && isBeyond(metric, realised, line)) return "below";
  if (estimated && isBeyond(metric, estimated, line)) return "watch";
  return "fine";
}

/** Whether the whole interval is worse than the line. */
export function isBeyond(metric: QualityMetric, { value, low, high, rows }: Measured, line: number): boolean {
  if (rows < minRows) return false;
  const { isHigherBetter } = metricFacts[metric];
  if (isHigherBetter === null) return false;
  return isHigherBetter ? (high ?? value) < line : (low ?? value) > line;
}
