import type { QualitySummary } from "../contract.ts";
import { mergeCounts } from "../counts/merge-counts.ts";
import { evaluateQuality } from "../evaluate-quality.ts";
import { estimatedMetrics } from "../measures/estimated.ts";
import { completeAt } from "../measures/maturity.ts";
import { realisedMetrics } from "../measures/realised.ts";
import { coverageOf } from "./coverage.ts";
import { describeSummary } from "./describe-summary.ts";
import type { QualityFacts } from "./facts.ts";
import { estimatedOf, expectationOfLabelled, matureSpans, type RealisedWindow, realisedWindows } from "./windows.ts";

/**
 * Summarises the range in numbers and sentences. Only predictions as old as the horizon are realised; the others are estimated, and
 * pending.
 */
export function summaryOf(
  facts: QualityFacts,
  windows: readonly RealisedWindow[] = realisedWindows(facts),
): QualitySummary {
  const { metric, reading, counted, maturity, profile } = facts;
  // Their intervals are sampled, which is slow.
  const isRanked = metric === "rocAuc" || metric === "averagePrecision";
  const mature = matureSpans(facts);
  const realised = realisedMetrics(mergeCounts(mature.map(({ counts }) => counts)), reading)[metric] ?? null;
  const estimated = estimatedOf(facts, isRanked)[metric] ?? null;
  const labelledExpectation = mature.length > 0 ? expectationOfLabelled(facts, mature) : null;
  const expected = labelledExpectation && estimatedMetrics(labelledExpectation, reading, isRanked)[metric];
  const sum = (of: readonly { predictions: number; labelled: number }[], key: "predictions" | "labelled") =>
    of.reduce((total, one) => total + one[key], 0);
  const expired = sum(mature, "predictions") - sum(mature, "labelled");
  const { curve: _, ...shownMaturity } = maturity;
  const summary: Omit<QualitySummary, "words" | "state"> = {
    endpointId: facts.endpointId,
    endpoint: facts.endpoint,
    taskKind: reading.taskKind,
    metric,
    from: new Date(facts.from),
    to: new Date(facts.to),
    realised,
    estimated,
    expected: expected ?? null,
    noEstimateReason: estimated ? null : denialReason(facts),
    predictions: sum(counted, "predictions"),
    labelled: sum(counted, "labelled"),
    pending: sum(counted, "predictions") - sum(counted, "labelled") - expired,
    expired,
    completeness: completenessOf(facts),
    maturity: shownMaturity,
    reference: referenceValue(profile?.quality?.metrics, metric),
    objective: facts.objective,
    coverage: coverageOf(facts, windows),
    revision: counted.reduce((total, { revision }) => total + revision, 0),
  };
  const state = evaluateQuality(summary);
  return { ...summary, state, words: describeSummary({ ...summary, state }, facts.now) };
}

/** Returns the share of expected labels that have arrived for the range: each by its age, weighted by predictions. */
function completenessOf({ counted, maturity, now }: QualityFacts): number | null {
  if (maturity.curve.length === 0) return null;
  let [come, all] = [0, 0];
  for (const { at, predictions } of counted) {
    come += predictions * (completeAt(maturity, now - at) ?? 0);
    all += predictions;
  }
  return all === 0 ? null : come / all;
}

function denialReason({ reading, profileOf, expectations }: QualityFacts): string {
  if (profileOf.size === 0) return "No version here has a reference, so the calibration of its scores is unknown.";
  if (reading.taskKind === "regression") {
    const isLearnt = [...profileOf.values()].some(({ quality }) => quality?.losses);
    return isLearnt
      ? "No predictions in this range, or the metric cannot be learned."
      : "The reference has fewer than 200 labelled rows to learn errors from.";
  }
  if (expectations.steps.size === 0) return "No predictions with scores in this range.";
  return "This metric cannot be estimated from scores of this type.";
}

/** Returns a metric's value on the reference. */
function referenceValue(metrics: Record<string, number | null> | undefined, metric: string): number | null {
  // Profiles say of more classes that these are means.
  const macro = `macro${metric[0]?.toUpperCase()}${metric.slice(1)}`;
  return metrics?.[metric] ?? metrics?.[macro] ?? null;
}
