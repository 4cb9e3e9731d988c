import { hourMs } from "#server/base/durations.ts";
import { type Dispersion, dispersionOf, noPairs, spreadAt } from "#server/stats/sequential/dispersion.ts";
import { expectedEvents, expectedUnitsBelow, secondsFor } from "#server/stats/sequential/eta.ts";
import type { ArmSpread } from "#server/stats/sequential/widened-factors.ts";
import { provableMetrics } from "../../../serve/rollout/plan/constants.ts";
import type { Guardrail, RolloutPlan, RolloutStep } from "../../../serve/rollout/plan/contract.ts";
import { burstyMetrics, gatewayFactorOf } from "../evidence/comparison-unit.ts";
import { adviceFor } from "./advice.ts";
import { effectRatios } from "./constants.ts";
import type { Detection, GuardrailEstimate, PlanTraffic, RolloutEstimate } from "./contract.ts";

/** Maximum time for which detections are predicted. */
const maxRolloutSeconds = (30 * 24 * hourMs) / 1000;

const secondsPerMinute = 60;
const unknown = { short: noPairs, minutes: noPairs, fiveMinutes: noPairs };

/** A metric's share of bad units before, and how many units come. */
export interface BaseRate {
  rate: number;
  unitsPerSecond: number;
  isAssumed: boolean;
  /** Dispersion of the bad units; undefined where they are taken as independent. */
  dispersion: Dispersion | undefined;
  /** Deviation of the logarithm of an arm's own rate, and the factor tolerated for it: those of its gateways. */
  armDeviation: number;
  armFactor: number;
}

/**
 * Returns the share of bad units of the previous version. Where none was seen it is that of half a unit, so that a time can be estimated.
 * Undefined where the metric was never recorded or does not compare shares.
 */
export function baseRateOf(
  { metric }: Pick<Guardrail, "metric">,
  { rates, bursts }: PlanTraffic,
): BaseRate | undefined {
  const seen = rates[metric];
  if (!seen || !provableMetrics.includes(metric) || seen.units === 0 || seen.unitsPerSecond === 0) return undefined;
  const isAssumed = seen.events === 0;
  const record = bursts?.[metric];
  const dispersion = bursts && burstyMetrics.includes(metric) ? dispersionOf(record ?? unknown) : undefined;
  const armDeviation = record && record.gateways > 1 ? record.gatewayDeviation / Math.sqrt(record.gateways) : 0;
  return {
    rate: (isAssumed ? 0.5 : seen.events) / seen.units,
    unitsPerSecond: seen.unitsPerSecond,
    isAssumed,
    dispersion,
    armDeviation,
    armFactor: gatewayFactorOf(record),
  };
}

/** Estimates the duration of a plan with the observed traffic, its detection times, and advice before the start. */
export function estimateRollout(plan: RolloutPlan, traffic: PlanTraffic): RolloutEstimate {
  const guardrails = plan.guardrails.map((guardrail) => estimateGuardrail(guardrail, plan, traffic));
  const steps = plan.steps.map((step, index) => {
    const seconds = stepSeconds(step, index, plan, guardrails);
    const perSecond = traffic.requestsPerSecond;
    const canaryRequests = seconds === null || perSecond === null ? null : seconds * perSecond * step.weight;
    return { weight: step.weight, seconds, canaryRequests };
  });
  const sum = steps.reduce<number | null>(
    (total, { seconds }) => (total === null || seconds === null ? null : total + seconds),
    0,
  );
  const estimate = { traffic, guardrails, steps, seconds: sum, exposure: exposureOf(plan, guardrails, traffic) };
  return { ...estimate, weights: weightsOf(plan, traffic), advice: adviceFor(plan, estimate) };
}

/** Seconds from a decision until the gateways follow it, and at most one until the evidence is evaluated. */
const reactionSeconds = 3;

/** Returns when errors are found, with the age at which requests are counted and the time until the rollback has an effect. */
function exposureOf(
  plan: RolloutPlan,
  guardrails: readonly GuardrailEstimate[],
  traffic: PlanTraffic,
): RolloutEstimate["exposure"] {
  const index = plan.guardrails.findIndex(({ metric }) => metric === "errors");
  const [guardrail, estimate] = [plan.guardrails[index], guardrails[index]];
  const base = guardrail && baseRateOf(guardrail, traffic);
  if (!guardrail || !estimate || !base) return { outright: null, fourfold: null };
  const { requestsPerSecond } = traffic;
  const found = detectionOf(1 / base.rate, guardrail, plan, base, requestsPerSecond);
  const fourfold = estimate.detections.find(({ ratio }) => ratio === comparedRatio) ?? null;
  if (found.seconds === null || found.step === null || requestsPerSecond === null) return { outright: null, fourfold };
  const ageMs = plan.outcomeAgeMs ?? Math.max(1000, 2 * (traffic.slowMs ?? 0));
  const late = ageMs / 1000 + reactionSeconds;
  const exposed = (found.exposed ?? 0) + late * requestsPerSecond * (plan.steps[found.step]?.weight ?? 0);
  return { outright: { ...found, seconds: found.seconds + late, exposed, bad: exposed }, fourfold };
}

const comparedWeights = [0.01, 0.05, 0.1, 0.25, 0.5];
const comparedRatio = 4;

function weightsOf(plan: RolloutPlan, traffic: PlanTraffic): RolloutEstimate["weights"] {
  const guardrail = plan.guardrails.find((each) => each.margin < comparedRatio - 1 && baseRateOf(each, traffic));
  const base = guardrail && baseRateOf(guardrail, traffic);
  if (!base) return [];
  return comparedWeights.map((weight) => {
    const seconds = secondsAlone(weight, ratioLookedFor(guardrail.metric, comparedRatio), guardrail, plan, base);
    const exposed = traffic.requestsPerSecond === null ? null : seconds * traffic.requestsPerSecond * weight;
    return { weight, seconds, exposed };
  });
}

function estimateGuardrail(guardrail: Guardrail, plan: RolloutPlan, traffic: PlanTraffic): GuardrailEstimate {
  const { metric, requiresVerdict } = guardrail;
  const base = baseRateOf(guardrail, traffic);
  return {
    metric,
    baseRate: base?.rate ?? null,
    isAssumed: base?.isAssumed ?? false,
    detections: effectRatios.map((ratio) => detectionOf(ratio, guardrail, plan, base, traffic.requestsPerSecond)),
    proofs: plan.steps.map((step) => (requiresVerdict && base ? proofSeconds(step, guardrail, plan, base) : null)),
  };
}

/** Returns a guardrail's own share of alpha. */
function alphaOf({ share }: Guardrail, plan: RolloutPlan): number {
  return plan.alpha * (share ?? 1 / plan.guardrails.length);
}

/** Returns the ratio to detect. Business events are good, which means that a decrease is detected. */
function ratioLookedFor(metric: Guardrail["metric"], ratio: number): number {
  return metric === "conversions" ? 1 / ratio : ratio;
}

/**
 * Follows the plan step by step: in each, evidence grows at the rate at which the complete evidence would accumulate in that step alone. A
 * step ends after its maximum time because a bad version never reaches the verdict "no worse"; then it holds, unless the plan promotes
 * without a regression found.
 */
function detectionOf(
  ratio: number,
  guardrail: Guardrail,
  plan: RolloutPlan,
  base: BaseRate | undefined,
  requestsPerSecond: number | null,
): Detection {
  const none: Detection = { ratio, seconds: null, step: null, exposed: null, bad: null };
  const effect = ratioLookedFor(guardrail.metric, ratio);
  if (!base || (effect > 1 && effect <= (1 + guardrail.margin) * base.armFactor)) return none;
  const isHeld = plan.advanceWhen === "proved-safe" && plan.guardrails.some(({ requiresVerdict }) => requiresVerdict);
  let [done, seconds, canaryUnits] = [0, 0, 0];
  for (const [index, { weight, maxSeconds }] of plan.steps.entries()) {
    const alone = weight > 0 ? secondsAlone(weight, effect, guardrail, plan, base) : Number.POSITIVE_INFINITY;
    const isLast = isHeld || index === plan.steps.length - 1;
    // A rollout that waits for required verdicts waits in the first step: a bad version does not advance.
    const lasts = isHeld ? maxRolloutSeconds : maxSeconds;
    const needed = (1 - done) * alone;
    const spent = Math.min(needed, lasts);
    seconds += spent;
    canaryUnits += spent * weight;
    if (needed <= lasts && seconds <= maxRolloutSeconds) {
      const exposed = requestsPerSecond === null ? null : canaryUnits * requestsPerSecond;
      const bad = canaryUnits * base.unitsPerSecond * Math.min(1, base.rate * effect);
      return { ratio, seconds, step: index, exposed, bad };
    }
    if (isLast) break;
    done += spent / alone;
  }
  return none;
}

function secondsAlone(weight: number, effect: number, guardrail: Guardrail, plan: RolloutPlan, base: BaseRate): number {
  // Fewer good events of the new version mean more of the other one: the same gate with swapped arms.
  const exchanged = effect < 1;
  const request = {
    weight: exchanged ? 1 - weight : weight,
    ratio: exchanged ? 1 / effect : Math.min(effect, 1 / base.rate),
    margin: (1 + guardrail.margin) * base.armFactor - 1,
    alpha: alphaOf(guardrail, plan),
    spread: spreadOf(weight, base),
  };
  const rate = exchanged ? base.rate * effect : base.rate;
  return secondsFor(expectedEvents(request), request, { unitsPerSecond: base.unitsPerSecond, baseRate: rate });
}

/** Returns the dispersion of both arms' bad units. */
function spreadOf(weight: number, { dispersion, unitsPerSecond }: BaseRate): ArmSpread | undefined {
  if (!dispersion) return undefined;
  const units = unitsPerSecond * secondsPerMinute;
  return { hits: spreadAt(dispersion, units * weight), misses: spreadAt(dispersion, units * (1 - weight)) };
}

/** Returns the seconds until an equal version is shown to be below the safe margin. */
function proofSeconds({ weight }: RolloutStep, guardrail: Guardrail, plan: RolloutPlan, base: BaseRate): number | null {
  if (weight <= 0) return null;
  const { negligible } = guardrail;
  const request = { weight, ratio: 1, margin: guardrail.safeMargin, alpha: plan.beta, spread: spreadOf(weight, base) };
  const relative = secondsFor(expectedEvents(request), request, {
    unitsPerSecond: base.unitsPerSecond,
    baseRate: base.rate,
  });
  const below =
    negligible === null
      ? Number.POSITIVE_INFINITY
      : expectedUnitsBelow(base.rate, negligible, plan.beta) / (base.unitsPerSecond * weight);
  const seconds = Math.min(relative, below);
  return seconds <= maxRolloutSeconds ? seconds : null;
}

/** Returns a step's duration for a good version: until all required verdicts are reached, but at least its minimum time and units. */
function stepSeconds(
  step: RolloutStep,
  index: number,
  plan: RolloutPlan,
  guardrails: readonly GuardrailEstimate[],
): number | null {
  const proving = plan.guardrails.flatMap(({ requiresVerdict }, position) =>
    requiresVerdict ? [guardrails[position]?.proofs[index] ?? null] : [],
  );
  if (plan.advanceWhen === "no-harm-found" && proving.some((each) => each === null)) return step.maxSeconds;
  if (proving.length === 0) return plan.advanceWhen === "no-harm-found" ? step.maxSeconds : null;
  const longest = proving.reduce<number | null>(
    (most, each) => (most === null || each === null ? null : Math.max(most, each)),
    0,
  );
  if (longest === null) return null;
  if (longest > step.maxSeconds && plan.advanceWhen === "proved-safe") return longest;
  return Math.min(step.maxSeconds, Math.max(step.minSeconds, longest));
}
