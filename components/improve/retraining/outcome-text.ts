import { formatNumber, formatPoints, nbsp, noValue } from "#components/ui/format.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type { RetrainingOutcome, TriggerKind } from "#server/improve/retraining/outcome/contract.ts";
import { metricFacts } from "#server/watch/monitoring/quality/metrics/constants.ts";
import type { QualityMetric } from "#server/watch/monitoring/quality/metrics/contract.ts";

/** Icon and word of what an adoption came to. */
export const outcomeLabels: Readonly<Record<RetrainingOutcome["verdict"], { state: State; word: string }>> = {
  helped: { state: "on-target", word: "Helped" },
  harmed: { state: "missed", word: "Regressed" },
  "no-difference": { state: "not-started", word: "No difference" },
  "not-known": { state: "no-data", word: "Unknown" },
};

/** What a cycle started from, at the head of a row. */
export const triggerLabels: Readonly<Record<TriggerKind, string>> = {
  drift: "Drift",
  quality: "Quality",
  slo: "Error budget",
  labels: "New labels",
  dataset: "New dataset version",
  schedule: "Schedule",
  person: "By a person",
};

/** Formats a difference with its sign: in points for a share, else in the unit of the metric. */
export function signedDifference(metric: QualityMetric | null, difference: number | null): string {
  if (metric === null || difference === null) return noValue;
  if (metricFacts[metric].isShare) return formatPoints(difference);
  return `${difference > 0 ? "+" : ""}${formatNumber(difference)}`;
}

/** Formats the interval of a difference: "0.8 to 1.6 pp"; undefined without one. */
export function intervalOfDifference({ metric, low, high }: RetrainingOutcome): string | undefined {
  if (metric === null || low === null || high === null) return undefined;
  const [from, to] = [low, high].map((end) => signedDifference(metric, end)) as [string, string];
  return `${from.replace(`${nbsp}pp`, "")} to ${to}`;
}

/** Formats what an adoption came to in a table: "+1.2 pp (+0.8 to +1.6 pp)". */
export function outcomeText(outcome: RetrainingOutcome): string {
  const interval = intervalOfDifference(outcome);
  if (interval === undefined) return outcomeLabels[outcome.verdict].word;
  return `${signedDifference(outcome.metric, outcome.difference)} (${interval})`;
}
