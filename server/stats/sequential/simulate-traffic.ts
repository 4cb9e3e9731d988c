import type { Random } from "../random.ts";
import { binomialFrom, poissonFrom } from "../random-counts.ts";
import type { RolloutPlan, SimulatedGuardrail } from "./simulate.ts";
import type { MinuteCounts } from "./threshold-peers.ts";

/** Requests of a few seconds, and the bad ones of each guardrail. */
export interface Traffic {
  canary: number;
  baseline: number;
  bad: { canary: number; baseline: number }[];
}

/** Draws the traffic of `seconds` starting at `second`. Whether a request is bad is independent between guardrails. */
export function drawTraffic(
  plan: RolloutPlan,
  guardrails: readonly SimulatedGuardrail[],
  { second, seconds, weight }: { second: number; seconds: number; weight: number },
  random: Random,
): Traffic {
  const rates = plan.requestsPerSecond;
  const rate = rates[Math.min(Math.floor(second / 60), rates.length - 1)] as number;
  const canary = poissonFrom(rate * weight * seconds, random);
  const baseline = poissonFrom(rate * (1 - weight) * seconds, random);
  const bad = guardrails.map(({ baseRate, ratio }) => ({
    canary: binomialFrom(canary, second >= plan.regressionSecond ? Math.min(1, baseRate * ratio) : baseRate, random),
    baseline: binomialFrom(baseline, baseRate, random),
  }));
  return { canary, baseline, bad };
}

export function plannedSeconds({ steps }: Pick<RolloutPlan, "steps">): number {
  return steps.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** Returns the seconds between two evaluations: one, and at most 3,600 evaluations. */
export function evaluationSeconds(plan: Pick<RolloutPlan, "steps">): number {
  return Math.max(1, Math.ceil(plannedSeconds(plan) / 3600));
}

interface SimulatedMinute {
  counts: MinuteCounts;
  /** Canary requests since the regression. */
  exposedRequests: number;
}

/** Simulates the first guardrail's counts of every full minute of the rollout at its planned times. */
export function simulateMinutes(plan: RolloutPlan, random: Random): SimulatedMinute[] {
  const minutes: SimulatedMinute[] = [];
  const ends: number[] = [];
  for (const { seconds } of plan.steps) ends.push((ends.at(-1) ?? 0) + seconds);
  const total = Math.floor((ends.at(-1) ?? 0) / 60);
  for (let minute = 0; minute < total; minute += 1) minutes.push(minuteOf(plan, ends, minute, random));
  return minutes;
}

function minuteOf(plan: RolloutPlan, ends: readonly number[], minute: number, random: Random): SimulatedMinute {
  const [from, to] = [minute * 60, minute * 60 + 60];
  const cuts = [from, ...[...ends, plan.regressionSecond].filter((cut) => cut > from && cut < to), to].sort(
    (a, b) => a - b,
  );
  const sum = { counts: { canary: { requests: 0, bad: 0 }, baseline: { requests: 0, bad: 0 } }, exposedRequests: 0 };
  for (const [index, second] of cuts.slice(0, -1).entries()) {
    const seconds = (cuts[index + 1] as number) - second;
    const weight = plan.steps[ends.findIndex((end) => end > second)]?.weight ?? 0;
    const traffic = drawTraffic(plan, plan.guardrails.slice(0, 1), { second, seconds, weight }, random);
    for (const arm of ["canary", "baseline"] as const) {
      sum.counts[arm].requests += traffic[arm];
      sum.counts[arm].bad += traffic.bad[0]?.[arm] ?? 0;
    }
    if (second >= plan.regressionSecond) sum.exposedRequests += traffic.canary;
  }
  return sum;
}
