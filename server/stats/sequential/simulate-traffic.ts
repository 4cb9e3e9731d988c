import { normalFrom, type Random } from "../random.ts";
import { burstRate } from "../random-bursts.ts";
import { binomialFrom, poissonFrom } from "../random-counts.ts";
import type { RolloutPlan, SimulatedGuardrail } from "./simulate.ts";
import type { MinuteCounts } from "./threshold-peers.ts";

/** Requests of a few seconds, and the bad ones of each guardrail. */
export interface Traffic {
  canary: number;
  baseline: number;
  bad: { canary: number; baseline: number }[];
}

/** Rates of a run, by guardrail: factors of each arm's own gateways, and the rates of the current minute, which bursts move. */
export interface ArmRates {
  canaryFactors: number[];
  baselineFactors: number[];
  minute: number;
  isWorse: boolean;
  now: { canary: number; baseline: number }[];
}

/** Draws by what factor the gateways of each arm differ from the mean: once a rollout. */
export function drawArmRates(guardrails: readonly SimulatedGuardrail[], random: Random): ArmRates {
  const factors = () =>
    guardrails.map(({ armDeviation = 0 }) => (armDeviation > 0 ? Math.exp(armDeviation * normalFrom(random)) : 1));
  return { canaryFactors: factors(), baselineFactors: factors(), minute: -1, isWorse: false, now: [] };
}

/** Draws the rates of a minute, each arm for itself. */
function ratesAt(
  rates: ArmRates,
  second: number,
  isWorse: boolean,
  guardrails: readonly SimulatedGuardrail[],
  random: Random,
) {
  const minute = Math.floor(second / 60);
  if (rates.minute === minute && rates.isWorse === isWorse) return rates.now;
  rates.minute = minute;
  rates.isWorse = isWorse;
  rates.now = guardrails.map(({ baseRate, ratio, dispersion }, index) => {
    const draw = (mean: number) => burstRate(Math.min(1, mean), dispersion?.rho ?? 0, random);
    return {
      canary: draw(baseRate * (rates.canaryFactors[index] ?? 1) * (isWorse ? ratio : 1)),
      baseline: draw(baseRate * (rates.baselineFactors[index] ?? 1)),
    };
  });
  return rates.now;
}

/** Draws bad requests, which come in groups where the record shows some. */
function drawBad(count: number, rate: number, groupSize: number, random: Random): number {
  const size = Math.max(1, Math.round(groupSize));
  return Math.min(count, size * binomialFrom(count, Math.min(1, rate / size), random));
}

/** Draws the traffic of `seconds` starting at `second`. Whether a request is bad is independent between guardrails. */
export function drawTraffic(
  plan: RolloutPlan,
  guardrails: readonly SimulatedGuardrail[],
  { second, seconds, weight, rates: armRates }: { second: number; seconds: number; weight: number; rates: ArmRates },
  random: Random,
): Traffic {
  const rates = plan.requestsPerSecond;
  const rate = rates[Math.min(Math.floor(second / 60), rates.length - 1)] as number;
  const canary = poissonFrom(rate * weight * seconds, random);
  const baseline = poissonFrom(rate * (1 - weight) * seconds, random);
  const now = ratesAt(armRates, second, second >= plan.regressionSecond, guardrails, random);
  const bad = guardrails.map(({ dispersion }, index) => {
    const [rate, size] = [now[index] ?? { canary: 0, baseline: 0 }, 1 + (dispersion?.clusters ?? 0)];
    return {
      canary: drawBad(canary, rate.canary, size, random),
      baseline: drawBad(baseline, rate.baseline, size, random),
    };
  });
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
  const rates = drawArmRates(plan.guardrails.slice(0, 1), random);
  for (let minute = 0; minute < total; minute += 1) minutes.push(minuteOf(plan, ends, minute, rates, random));
  return minutes;
}

function minuteOf(
  plan: RolloutPlan,
  ends: readonly number[],
  minute: number,
  rates: ArmRates,
  random: Random,
): SimulatedMinute {
  const [from, to] = [minute * 60, minute * 60 + 60];
  const cuts = [from, ...[...ends, plan.regressionSecond].filter((cut) => cut > from && cut < to), to].sort(
    (a, b) => a - b,
  );
  const sum = { counts: { canary: { requests: 0, bad: 0 }, baseline: { requests: 0, bad: 0 } }, exposedRequests: 0 };
  for (const [index, second] of cuts.slice(0, -1).entries()) {
    const seconds = (cuts[index + 1] as number) - second;
    const weight = plan.steps[ends.findIndex((end) => end > second)]?.weight ?? 0;
    const traffic = drawTraffic(plan, plan.guardrails.slice(0, 1), { second, seconds, weight, rates }, random);
    for (const arm of ["canary", "baseline"] as const) {
      sum.counts[arm].requests += traffic[arm];
      sum.counts[arm].bad += traffic.bad[0]?.[arm] ?? 0;
    }
    if (second >= plan.regressionSecond) sum.exposedRequests += traffic.canary;
  }
  return sum;
}
