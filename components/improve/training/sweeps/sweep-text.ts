import { formatCount, formatCountOf, formatNumber, formatPercent, noValue, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type {
  Comparison,
  Sweep,
  SweepDetails,
  SweepSpec,
  SweepTrial,
} from "#server/improve/training/sweeps/contract.ts";
import { endLabels } from "../jobs/job-labels.ts";

/** Icon and word of each state of a sweep. */
export const sweepStateLabels: Readonly<Record<Sweep["state"], { state: State; word: string }>> = {
  running: { state: "running", word: "Running" },
  ended: { state: "finished", word: "Ended" },
  stopped: { state: "paused", word: "Stopped" },
};

const kinds: Record<SweepSpec["kind"], string> = { grid: "Grid", random: "Random" };

/** Formats "Random, maximise accuracy". */
export function describeKind({ kind, goal, metric }: Pick<SweepSpec, "kind" | "goal" | "metric">): string {
  return `${kinds[kind]}, ${goal === "max" ? "maximise" : "minimise"} ${metric}`;
}

/** Says which trial is the best, and how many are left, or why it was stopped. */
export function describeSweep({ state, message, best, spec, trials, counts }: Omit<Sweep, "id" | "name">): string {
  const left = trials - endedTrials(counts);
  const leader = best
    ? `${spec.metric} ${formatNumber(best.metric)} by trial ${best.trial} is the best${state === "running" ? " so far" : ""}.`
    : state === "running"
      ? `No trial has finished with a value of ${spec.metric} yet.`
      : `No trial finished with a value of ${spec.metric}.`;
  if (state === "running") {
    return `${leader} ${plural(left, "trial")} left, ${formatCount(spec.maxParallel)} at a time.`;
  }
  const reason = message === null ? "" : ` Reason: ${message.replace(/\.$/, "")}.`;
  return `${leader} ${state === "stopped" ? "Stopped after" : "All done:"} ${describeCounts(counts)}.${reason}`;
}

/** How many trials of a sweep have ended, in whatever way. */
export const endedTrials = ({ finished, endedEarly, failed, stopped }: Sweep["counts"]): number =>
  finished + endedEarly + failed + stopped;

/** Formats "3 of 8 done, best accuracy 0.93". */
export function describeProgress({ trials, counts, best, spec }: Pick<Sweep, "trials" | "counts" | "best" | "spec">) {
  const done = `${formatCountOf(endedTrials(counts), trials)} done`;
  return best ? `${done}, best ${spec.metric} ${formatNumber(best.metric)}` : done;
}

/** Formats "12 finished, 6 ended early, 1 failed". */
export function describeCounts(counts: Sweep["counts"]): string {
  const words: Record<keyof Sweep["counts"], string> = {
    open: "open",
    finished: "finished",
    endedEarly: "ended early",
    failed: "failed",
    stopped: "stopped",
  };
  const parts = (Object.keys(words) as (keyof typeof words)[]).flatMap((key) =>
    counts[key] > 0 ? [`${formatCount(counts[key])} ${words[key]}`] : [],
  );
  return parts.join(", ") || "no trial";
}

/** Orders trials by the metric, the best first; those without one follow in the order of their numbers. */
export function orderTrials(trials: readonly SweepTrial[], goal: SweepSpec["goal"]): SweepTrial[] {
  const sign = goal === "max" ? -1 : 1;
  const worth = ({ metric }: SweepTrial) => (metric === null ? Number.POSITIVE_INFINITY : sign * metric);
  return trials.toSorted((a, b) => {
    const [first, second] = [worth(a), worth(b)];
    return first === second ? a.trial - b.trial : first - second;
  });
}

/** Says why a trial ended before its program did: "Place 7 of 9 at step 4; the best 3 continue". */
export function describeTrialEnd(trial: Pick<SweepTrial, "state" | "cause" | "comparison">): string {
  const { state, cause, comparison } = trial;
  if (comparison) return describeComparison(comparison);
  return state === "finished" || cause === null ? noValue : endLabels[cause];
}

function describeComparison({ step, value, place, among, kept }: Comparison): string {
  const goes = kept === 1 ? "the best continues" : `the best ${formatCount(kept)} continue`;
  return value === null
    ? `No finite number at step ${formatCount(step)}`
    : `Place ${formatCount(place)} of ${formatCount(among)} at step ${formatCount(step)}; ${goes}`;
}

/** Formats a value of a parameter: numbers with three significant digits. */
export function formatParameter(value: string | number | boolean | undefined): string {
  if (value === undefined) return noValue;
  return typeof value === "number" ? formatNumber(value) : String(value);
}

/** How long a trial took, or takes so far. @param now milliseconds since 1970 */
export function trialDuration({ startedAt, endedAt }: Pick<SweepTrial, "startedAt" | "endedAt">, now: number): string {
  return startedAt === null ? noValue : formatDuration(Math.max(0, (endedAt?.getTime() ?? now) - startedAt.getTime()));
}

type Importance = NonNullable<SweepDetails["importance"]>[number];

/** Formats how much a parameter explains, with its standard error: "41% ± 6". */
export function describeShare({ share, error }: Pick<Importance, "share" | "error">): string {
  if (share === null) return noValue;
  return error === null ? formatPercent(share) : `${formatPercent(share)} ± ${formatNumber(Math.round(error * 100))}`;
}

/** Says where the metric is best along a parameter: "best near 4e−4", "larger is better"; or that nothing is known. */
export function describeBest({ share, p, best }: Pick<Importance, "share" | "p" | "best">): string {
  if (share === null || p === null) return "too few trials share a value";
  if (best === null) return `may be chance (p ${formatNumber(p, { decimals: p < 0.1 ? 3 : 2 })})`;
  if ("towards" in best) return `${best.towards} is better`;
  return "near" in best ? `best near ${formatNumber(best.near)}` : `best with ${formatParameter(best.at)}`;
}
