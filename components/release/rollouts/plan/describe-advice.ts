import { formatDuration } from "#components/ui/format-time.ts";
import type { PlanAdvice } from "#server/release/rollouts/estimate/contract.ts";
import { metricLabels } from "../metric-labels.ts";

interface AdviceStep {
  weightPercent: number | string;
  maxMinutes: number | string;
}

/** Describes a problem of a plan before it starts, and how to fix it. */
export function describeAdvice(
  { code, metric, step, seconds, words = "" }: PlanAdvice,
  steps: readonly AdviceStep[],
): string {
  const own = step === null ? undefined : steps[step];
  const at = own ? `at ${own.weightPercent}%` : "";
  const most = own ? formatDuration(Number(own.maxMinutes) * 60_000) : "";
  const name = metric ? metricLabels[metric].noun : "";
  const takes = seconds === null ? "" : formatDuration(seconds * 1000);
  switch (code) {
    case "no-traffic":
      return "No requests in the last day, so duration cannot be estimated. Without traffic, nothing is ever promoted.";
    case "budget":
      return words;
    case "no-rate":
      return `No ${name} rate on record, so time to detection cannot be estimated.`;
    case "proof-never":
      return `A verdict on ${name} takes more than 30 days ${at}: use a larger margin or traffic share, or do not wait for it.`;
    case "proof-too-slow":
      return `A verdict on ${name} takes about ${takes} ${at}, but the step is limited to ${most}: use a larger traffic share, a longer step or a larger margin, or compare in shadow mode.`;
    case "few-units":
      return `Collecting the sample required by the step ${at} takes about ${takes}, but the step is limited to ${most}.`;
  }
}
