import { hourMs } from "#server/base/durations.ts";
import { formatCount, formatDuration, formatSignificant } from "#server/base/format-number.ts";
import type { Measured } from "../contract.ts";
import { metricFacts } from "../metrics/constants.ts";
import { nameOfMetric } from "../read/describe-summary.ts";
import { formatWhen } from "../read/format-when.ts";
import type { EstimatedImpact } from "./contract.ts";

type Facts = Pick<EstimatedImpact, "metric" | "loss" | "verdict"> & { realised?: EstimatedImpact["realised"] };

/** Label delay below which the text states the delay instead of the due time. */
const soonMs = hourMs;

/**
 * Describes the impact of a window for the headline: "recall is probably 0.4 to 1.1 points lower than in the reference", or without
 * "probably" where labels show it.
 */
export function describeImpact({ metric, loss, verdict, realised = null }: Facts): string {
  const is = realised ? "is" : "is probably";
  const { isShare, isHigherBetter } = metricFacts[metric];
  const name = nameOfMetric(metric);
  const unit = isShare ? " points" : "";
  const size = (value: number) => amount(Math.abs(value) * (isShare ? 100 : 1));
  const [down, up] = isHigherBetter ? ["lower", "higher"] : ["higher", "lower"];
  if (verdict === "same") {
    const [better, worse] = [size(Math.min(0, loss.low)), size(Math.max(0, loss.high))];
    return `${name} ${is} about the same as in the reference (between ${worse}${unit} ${down} and ${better}${unit} ${up})`;
  }
  const [least, most] = [Math.abs(loss.low), Math.abs(loss.high)].sort((a, b) => a - b) as [number, number];
  const [from, to] = [size(least), size(most)];
  const range = from === to ? `about ${from}` : `${from} to ${to}`;
  return `${name} ${is} ${range}${unit} ${verdict === "worse" ? down : up} than in the reference`;
}

/** Describes the labels behind a realised impact. @param estimate words of the estimate that they replace */
export function describeLabelled({ rows }: Pick<Measured, "rows">, estimate: string): string {
  return `Measured on ${formatCount(rows)} labelled predictions. From scores alone: ${estimate}.`;
}

/** Describes when labels can confirm an estimate. @param to end of the window @param now both milliseconds since 1970 */
export function describeLabel(horizonMs: number | null, to: number, now: number): string {
  if (horizonMs === null) return "No labels yet to confirm the estimate.";
  if (to + horizonMs <= now) return "Labels to confirm the estimate are complete.";
  // For a window in progress, such a near due time would always lie just ahead.
  if (horizonMs < soonMs)
    return `Labels to confirm the estimate arrive within ${formatDuration(horizonMs)} of a prediction.`;
  return `Labels to confirm the estimate arrive by ${formatWhen(to + horizonMs, now)} (${formatDuration(horizonMs)} after the prediction).`;
}

/** Formats two significant figures, and at most one decimal from 1 on. */
function amount(value: number): string {
  return value >= 1 ? formatSignificant(Math.round(value * 10) / 10, 4) : formatSignificant(value, value < 0.1 ? 1 : 2);
}
