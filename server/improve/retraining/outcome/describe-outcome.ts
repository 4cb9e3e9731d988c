import { formatCount, formatSignificant } from "#server/base/format-number.ts";
import { metricFacts } from "#server/watch/monitoring/quality/metrics/constants.ts";
import type { QualityMetric } from "#server/watch/monitoring/quality/metrics/contract.ts";
import type { RetrainingOutcome } from "./contract.ts";

/** Labelled predictions that each version needs: the interval of the arms is asymptotic. */
export const minLabelled = 100;

interface Versions {
  championVersion: number;
  candidateVersion: number;
}

interface Found extends Pick<RetrainingOutcome, "verdict" | "compared" | "rows"> {
  metric: QualityMetric;
  difference: number;
  low: number;
  high: number;
}

/** Says in a sentence how much better or worse a candidate was than its champion, with the interval and what it follows from. */
export function describeDifference(
  { championVersion, candidateVersion }: Versions,
  { verdict, metric, compared, difference, low, high, rows }: Found,
): string {
  const [candidate, champion] = [`v${candidateVersion}`, `v${championVersion}`];
  const of = `of ${nounOf(metric)}`;
  const range = `${formatDifference(metric, low)} to ${formatDifference(metric, high)}`;
  const size = formatDifference(metric, Math.abs(difference));
  const basis =
    compared === "rollout"
      ? `from ${formatCount(rows)} labelled predictions of ${candidate} during the rollout`
      : `from ${formatCount(rows)} labelled predictions of its first week, compared with the last week before the rollout`;
  if (verdict === "no-difference") {
    return `The difference ${of} between ${candidate} and ${champion} is inconclusive (${range}${unitOf(metric)}), ${basis}.`;
  }
  const word = verdict === "helped" ? "better" : "worse";
  return `${candidate} is ${word} than ${champion}: by ${size}${unitOf(metric)} ${of} (${range}), ${basis}.`;
}

/** Says why the outcome of an adoption stays unknown. */
export function describeUnknown({ championVersion, candidateVersion }: Versions): string {
  const lacks = `fewer than ${minLabelled} labelled predictions of v${candidateVersion} or of v${championVersion} arrived in time`;
  return `Whether v${candidateVersion} helped is unknown: ${lacks}.`;
}

/** Formats a difference in points for shares, else in the unit of the metric: "1.2", "−0.5". */
export function formatDifference(metric: QualityMetric, difference: number): string {
  const value = metricFacts[metric].isShare ? difference * 100 : difference;
  const text = formatSignificant(Math.abs(value), Math.abs(value) >= 1 ? 3 : 2);
  return value < 0 ? `\u2212${text}` : text;
}

/** Unit of a difference in a sentence. */
export const unitOf = (metric: QualityMetric) => (metricFacts[metric].isShare ? " points" : "");

/** Name of a metric within a sentence: "accuracy", "ROC AUC". */
export function nounOf(metric: QualityMetric): string {
  const { label } = metricFacts[metric];
  return /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;
}
