import { formatCount, formatDuration, formatSignificant, percent } from "#server/base/format-number.ts";
import type { Measured, QualitySummary } from "../contract.ts";
import { metricFacts } from "../metrics/constants.ts";
import type { QualityMetric } from "../metrics/contract.ts";
import { formatWhen } from "./format-when.ts";

/** Formats a metric for a sentence: a percentage, or a number with at most four significant figures. */
export function formatMetric(metric: QualityMetric, value: number): string {
  return metricFacts[metric].isShare ? percent(value) : formatSignificant(value, 4);
}

/** Formats the sentences of docs/spec/drift.md section 14 about the estimate and the realised value. */
export function describeSummary(summary: Omit<QualitySummary, "words">, now: number): string[] {
  const [estimate, realised] = [describeEstimate(summary, now), describeRealised(summary)];
  // When the result is bad, labels take precedence over an estimate.
  const first = summary.state === "below" ? [realised, estimate] : [estimate, realised];
  return [...first, describeAssumption(summary)].filter((text) => text !== null);
}

function describeEstimate({ metric, estimated, ...of }: Omit<QualitySummary, "words">, now: number): string | null {
  if (!estimated) return of.noEstimateReason;
  const arrived = of.predictions > 0 ? percent(of.labelled / of.predictions) : "none";
  return (
    `Estimated ${nameOfMetric(metric)} ${formatMetric(metric, estimated.value)}${formatBand(metric, estimated)}, assuming the scores are still ` +
    `calibrated and the relation between inputs and outcome has not changed. Labels: ${arrived} arrived${describeMature(of, now)}.`
  );
}

function describeMature({ maturity, to }: Pick<QualitySummary, "maturity" | "to">, now: number): string {
  if (maturity.horizonMs === null) return "";
  const matureAt = Math.min(to.getTime(), now) + maturity.horizonMs;
  if (matureAt <= now) return ", all mature";
  return `, mature by ${formatWhen(matureAt, now)} (${formatDuration(maturity.horizonMs)} after the prediction)`;
}

function describeRealised({ metric, realised, expected, coverage }: Omit<QualitySummary, "words">): string | null {
  if (!realised) return null;
  const said = `Realised ${nameOfMetric(metric)} ${formatMetric(metric, realised.value)} of ${formatCount(realised.rows)} labelled predictions`;
  if (!expected || expected.low === null || expected.high === null) return `${said}.`;
  const isInside = realised.value >= expected.low && realised.value <= expected.high;
  const before = `${isInside ? "within" : "outside"} the band estimated before labels arrived (${formatMetric(metric, expected.low)} to ${formatMetric(metric, expected.high)})`;
  const trust =
    coverage && coverage.windows > 1
      ? `; ${coverage.inside} of the last ${coverage.windows} windows were within theirs`
      : "";
  return `${said}, ${before}${trust}.`;
}

function describeAssumption({ estimated }: Omit<QualitySummary, "words">): string | null {
  if (!estimated) return null;
  return "Estimates detect changes in the inputs, but not concept drift, so they open tickets and never page.";
}

function formatBand(metric: QualityMetric, { low, high }: Measured): string {
  return low === null || high === null ? "" : ` (${formatMetric(metric, low)} to ${formatMetric(metric, high)})`;
}

/** Formats the name of a metric inside a sentence: "recall", but "ROC AUC". */
export function nameOfMetric(metric: QualityMetric): string {
  const { label } = metricFacts[metric];
  return /^[A-Z]([A-Z0-9]|²)/.test(label) ? label : label.toLowerCase();
}
