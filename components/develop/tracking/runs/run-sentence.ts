import { formatCount } from "#components/ui/format.ts";
import { formatDuration, formatRelative } from "#components/ui/format-time.ts";
import type { LatestMetric } from "#server/develop/tracking/metrics/contract.ts";
import type { RunInfo } from "#server/develop/tracking/runs/contract.ts";
import { isSilent } from "./run-state.ts";
import { formatMetric, tookMs } from "./run-values.ts";

interface SentenceOf extends RunInfo {
  metrics: readonly LatestMetric[];
}

/**
 * Describes the outcome of a run in one sentence.
 * @param headline key of its headline metric. @param failure reason of the failure. @param trouble its worst finding, as a separate
 * sentence.
 */
export function runSentence(
  run: SentenceOf,
  facts: { headline: string | undefined; failure: string | undefined; trouble?: string | undefined; now: number },
): string {
  const outcome = outcomeOf(run, facts);
  // The first sentence already contains the reason of a failure and that a run is stalled.
  const isReported = run.status === "FAILED" || isSilent(run, facts.now);
  return facts.trouble && !isReported ? `${outcome} ${facts.trouble}` : outcome;
}

function outcomeOf(
  run: SentenceOf,
  facts: { headline: string | undefined; failure: string | undefined; now: number },
): string {
  const { headline, failure, now } = facts;
  const took = tookMs(run, now);
  const time = took === undefined ? "an unknown time" : formatDuration(took);
  const metric = run.metrics.find(({ key }) => key === headline);
  const value = metric && `${metric.key} is ${formatMetric(metric.value)}`;
  const steps = run.metrics.filter(({ key }) => !key.startsWith("system/")).map(({ step }) => step);
  const step = steps.length > 0 ? `step ${formatCount(Math.max(...steps))}` : undefined;
  if (isSilent(run, now)) {
    const last = step ? ` since ${step}` : "";
    return `Nothing logged${last} for ${formatDuration(now - run.updatedAt)}: this run may have crashed.`;
  }
  switch (run.status) {
    case "RUNNING":
      if (!step) return `Running for ${time}; no metrics yet.`;
      return `Running for ${time}, at ${step}${value ? `; ${value} so far` : ""}.`;
    case "SCHEDULED":
      return `Scheduled ${formatRelative(run.startedAt, now)}.`;
    case "FAILED":
      return `Failed after ${time}: ${lowerFirst(failure ?? "no error reported")}.`;
    case "KILLED":
      return `Stopped after ${time}${step ? ` at ${step}` : ""}${value ? `; ${value}` : ""}.`;
    case "FINISHED":
      return `Finished in ${time}${value ? `; ${value}` : step ? "" : " without metrics"}.`;
  }
}

/** Lowers the first letter, except of a name or an abbreviation. */
function lowerFirst(text: string): string {
  return /^[A-Z][a-z]+ /.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
