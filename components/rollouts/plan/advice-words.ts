import { nbsp } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import type { PlanAdvice } from "#server/rollouts/estimate/contract.ts";
import { metricWords } from "../metric-words.ts";

interface AdviceStep {
  weightPercent: number | string;
  maxMinutes: number | string;
}

/** What somebody should know of a plan before it starts, and what to change. */
export function adviceWords(
  { code, metric, step, seconds, words = "" }: PlanAdvice,
  steps: readonly AdviceStep[],
): string {
  const own = step === null ? undefined : steps[step];
  const at = own ? `at ${own.weightPercent}${nbsp}%` : "";
  const most = own ? formatDuration(Number(own.maxMinutes) * 60_000) : "";
  const name = metric ? metricWords[metric].noun : "";
  const takes = seconds === null ? "" : formatDuration(seconds * 1000);
  switch (code) {
    case "no-traffic":
      return "No requests came in the last day, so no time can be foretold. Without requests nothing is ever promoted.";
    case "budget":
      return words;
    case "no-rate":
      return `No rate of ${name} is on record, so it cannot be foretold when they are found.`;
    case "proof-never":
      return `The proof of ${name} takes more than 30 days ${at}: take a larger margin, a larger share, or do not wait for it.`;
    case "proof-too-slow":
      return `The proof of ${name} takes about ${takes} ${at}, and the step lasts ${most} at most: take a larger share, a longer step or a larger margin, or compare in shadow.`;
    case "few-units":
      return `The units that the step ${at} asks for take about ${takes}, and it lasts ${most} at most.`;
  }
}
