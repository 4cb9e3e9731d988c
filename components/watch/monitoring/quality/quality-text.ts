import { formatNumber, formatPercent, nbsp, noValue } from "#components/ui/format.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type { Measured } from "#server/watch/monitoring/quality/contract.ts";
import { metricFacts, type QualityState } from "#server/watch/monitoring/quality/metrics/constants.ts";
import type { QualityMetric } from "#server/watch/monitoring/quality/metrics/contract.ts";

/** Shape and label of each state. */
export const stateBadges: Record<QualityState, { state: State; word: string }> = {
  below: { state: "missed", word: "Below objective" },
  watch: { state: "watch", word: "Estimated below objective" },
  fine: { state: "on-target", word: "Meets objective" },
  unjudged: { state: "not-started", word: "No objective" },
  "no-data": { state: "no-data", word: "No data" },
};

/** Formats a metric: a percentage with one decimal, or a number. */
export function metricText(metric: QualityMetric, value: number | null | undefined): string {
  return metricFacts[metric].isShare ? formatPercent(value, { decimals: 1 }) : formatNumber(value);
}

/** Formats the 95% interval as "79.2 to 82.4%"; undefined without one. */
export function intervalText(
  metric: QualityMetric,
  measured: Pick<Measured, "low" | "high"> | null,
): string | undefined {
  if (!measured || measured.low === null || measured.high === null) return undefined;
  const [low, high] = [measured.low, measured.high].map((value) => metricText(metric, value)) as [string, string];
  return `${metricFacts[metric].isShare ? low.replace("%", "") : low} to ${high}`;
}

/** Returns the unit of a metric in a chart. */
export function metricUnit(metric: QualityMetric): string {
  return metricFacts[metric].isShare ? "%" : "";
}

/** Converts a value to the unit of the chart. */
export function charted(metric: QualityMetric, value: number | null | undefined): number | null {
  if (value === null || value === undefined) return null;
  return metricFacts[metric].isShare ? value * 100 : value;
}

/** Formats a duration in at most two units: "2 d 4 h". */
export function ageText(ms: number | null): string {
  if (ms === null) return noValue;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return `< 1${nbsp}min`;
  if (minutes < 60) return `${minutes}${nbsp}min`;
  const [large, word, rest] = minutes < 2880 ? [60, "h", "min"] : [1440, "d", "h"];
  const more = Math.floor((minutes % large) / (large === 60 ? 1 : 60));
  return `${Math.floor(minutes / large)}${nbsp}${word}${more > 0 ? ` ${more}${nbsp}${rest}` : ""}`;
}
