import { z95 } from "#server/stats/estimation/cell-metrics.ts";
import type { LoadedProfile } from "../../profiles/load-profile.ts";
import type { SpanState } from "../../state/contract.ts";
import type { Measured, Metrics } from "../contract.ts";
import { lossEstimates } from "../losses/loss-estimates.ts";
import { estimatedMetrics } from "../measures/estimated.ts";
import { expectationOf } from "../measures/expectation.ts";
import type { Reading } from "../measures/realised.ts";
import { metricFacts } from "../metrics/constants.ts";
import type { QualityMetric } from "../metrics/contract.ts";
import type { EstimatedImpact } from "./contract.ts";
import { referenceState } from "./reference-state.ts";

type Estimated = Omit<EstimatedImpact, "realised" | "words" | "labelsDueAt" | "labelWords">;

/**
 * Estimates ΔCBPE of a window (docs/spec/drift.md section 13): the metric expected from the scores of the reference's rows minus that of
 * the window's, at the same decision threshold; for regression, the expected increase of the error (docs/spec/drift.md section 11.5). The
 * band combines both bands as Newcombe does for a difference (1998, method 10): the limits' distances from their values, squared and added.
 * @param state counts of the window @returns undefined if one side cannot be estimated
 */
export function estimateImpact(
  profile: Pick<LoadedProfile, "rows" | "features" | "calibration" | "quality">,
  state: SpanState,
  reading: Reading,
  metric: QualityMetric,
): Estimated | undefined {
  const { isHigherBetter } = metricFacts[metric];
  if (isHigherBetter === null) return undefined;
  const estimate = (of: SpanState) => estimatesOf(profile, of, reading)[metric];
  const estimated = estimate(state);
  const reference =
    reading.taskKind === "multiclass"
      ? labelled(profile, metric)
      : estimate(referenceState(profile, reading.taskKind === "binary"));
  if (!estimated || !reference) return undefined;
  const lost = lossBetween(reference, estimated, metric);
  return lost && { metric, reference, estimated, ...lost };
}

/** Computes how much worse a metric is than in the reference, with its verdict. @returns undefined without intervals or a direction */
export function lossBetween(
  reference: Measured,
  measured: Measured,
  metric: QualityMetric,
): Pick<Estimated, "loss" | "verdict"> | undefined {
  const { isHigherBetter } = metricFacts[metric];
  if (isHigherBetter === null) return undefined;
  const [better, worse] = isHigherBetter ? [reference, measured] : [measured, reference];
  const loss = difference(better, worse);
  if (!loss) return undefined;
  const verdict = loss.low > 0 ? "worse" : loss.high < 0 ? "better" : "same";
  return { loss, verdict };
}

function estimatesOf(
  { features, calibration, quality }: Pick<LoadedProfile, "features" | "calibration" | "quality">,
  state: SpanState,
  reading: Reading,
): Metrics {
  if (reading.taskKind !== "regression") {
    // Both sides have the same errors of calibration, which cancel in their difference.
    const shared = calibration && { maps: calibration.maps };
    return estimatedMetrics(expectationOf(state.scores, shared, reading), reading);
  }
  return quality?.losses ? lossEstimates(quality.losses, features, state) : {};
}

/**
 * With more than two classes a reference stores no scores by class. Its calibration adds up to its labels (isotonic regression preserves
 * the mean), so the estimate for the labelled rows equals their labelled result.
 */
function labelled({ quality }: Pick<LoadedProfile, "quality">, metric: QualityMetric): Measured | undefined {
  const value = quality?.metrics[metric];
  if (metric !== "accuracy" || value === null || value === undefined || !quality) return undefined;
  const half = z95 * Math.sqrt((value * (1 - value)) / quality.labelled);
  return { value, low: Math.max(0, value - half), high: Math.min(1, value + half), rows: quality.labelled };
}

function difference(more: Measured, less: Measured): Estimated["loss"] | undefined {
  if (more.low === null || more.high === null || less.low === null || less.high === null) return undefined;
  const value = more.value - less.value;
  return {
    value,
    low: value - Math.hypot(more.value - more.low, less.high - less.value),
    high: value + Math.hypot(more.high - more.value, less.value - less.low),
  };
}
