import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { formatSignificant } from "#server/base/format-number.ts";
import type { Indicator } from "../../objectives/indicators/contract.ts";

/** Describes an indicator as a sentence. */
export function describeIndicator(indicator: Indicator): string {
  switch (indicator.kind) {
    case "availability":
      return "Share of requests without a server error. Client errors are not counted.";
    case "latency": {
      const within = `Share of requests that finish within ${formatLimit(indicator.withinMs)}. Timeouts count as slow`;
      return indicator.countsFailures
        ? `${within}, and so do other server errors.`
        : `${within}; other errors count against availability only.`;
    }
    case "freshness":
      return `Share of requests with features no older than ${formatLimit(indicator.maxAgeMs)}, among requests that report feature age.`;
    case "feature-freshness": {
      const atMost = `Share of look-ups with features no older than ${formatLimit(indicator.atMostMs)}`;
      return indicator.countsMissing
        ? `${atMost}. Keys without features count as too old.`
        : `${atMost}, among look-ups that find features.`;
    }
    case "view-lag":
      return `Share of minutes in which the newest event of the feature view is no older than ${formatLimit(indicator.atMostMs)}.`;
    case "realised-quality": {
      const right =
        indicator.tolerance === null
          ? "Share of correct predictions"
          : `Share of predictions within ±${formatSignificant(indicator.tolerance, 6)} of the actual value`;
      return `${right}, for sampled labelled predictions older than ${formatLimit(indicator.maturityMs)}. More recent ones are pending.`;
    }
    case "label-timeliness":
      return indicator.of === "audit"
        ? `Share of predictions drawn at random by label projects that are labelled within ${formatLimit(indicator.maturityMs)}. Dropped ones count as late.`
        : `Share of sampled predictions labelled within ${formatLimit(indicator.maturityMs)}.`;
    case "primary-answered":
      return "Share of requests served by the primary version rather than a later cascade step.";
    case "cost":
      return `Share of hours in which 1,000 predictions cost at most ${formatSignificant(indicator.maxCostPer1000, 6)}.`;
    case "estimated-quality":
      return "Estimated accuracy from calibrated scores. Requires a reference for the version.";
    case "drift-budget":
      return "Share of feature-hours without drift, among features that were tested in hours with traffic.";
    case "data-quality":
      return "Share of sampled rows that satisfy the endpoint's data rules, limits and contracts. Requires at least one of these.";
    case "posted":
      return `Counts posted externally as "${indicator.source}".`;
    case "foreign":
      return "Imported SLI whose data source Leeway cannot read: stored, but not evaluated.";
  }
}

/** Non-breaking, so that a number and its unit stay on one line. */
const nbsp = "\u00a0";
const units = [
  [dayMs, "d"],
  [hourMs, "h"],
  [minuteMs, "min"],
  [1000, "s"],
] as const;

/** Formats a limit exactly as it was set, never rounded, because it is part of the objective: "125 ms", "1,250 ms", "1 d 2 h 30 min". */
function formatLimit(milliseconds: number): string {
  if (milliseconds % 1000 !== 0 || milliseconds === 0) return `${milliseconds.toLocaleString("en")}${nbsp}ms`;
  let rest = milliseconds;
  const words: string[] = [];
  for (const [size, name] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) words.push(`${count}${nbsp}${name}`);
  }
  return words.join(" ");
}
