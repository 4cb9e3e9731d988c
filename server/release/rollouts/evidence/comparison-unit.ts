import { addSums, type Dispersion, dispersionOf, noPairs, spreadAt } from "#server/stats/sequential/dispersion.ts";
import { expectedEvents, secondsFor } from "#server/stats/sequential/eta.ts";
import type { ArmCount, SpreadOf } from "#server/stats/sequential/evaluate-guardrail.ts";
import { boundary } from "#server/stats/sequential/grid-gate.ts";
import { widening } from "#server/stats/sequential/widened-factors.ts";
import type { BurstRecord, FrozenFacts, RolloutState } from "../../../serve/rollout/contract.ts";
import type { ComparisonUnit, RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import type { Guardrail, GuardrailMetric, RolloutPlan } from "../../../serve/rollout/plan/contract.ts";
import { gateCounts, isSplit } from "./gate-counts.ts";
import { sumOf } from "./sums.ts";

/** What a comparison depends on beside its counts. */
export interface Compared {
  plan: RolloutPlan;
  frozen: FrozenFacts;
  state: RolloutState;
}

/** Metrics of requests as they come: bursts of labels and business events are those of their arrival. */
export const burstyMetrics: readonly GuardrailMetric[] = ["errors", "client-errors", "slow", "invalid-outputs"];

/** Widening from which minutes are named as the unit. Below, a verdict takes at most so many times as long. */
const minWidening = 1.3;
const secondsPerMinute = 60;

/** Returns how bad units of a metric are dispersed, by the record and by the rollout so far; undefined where they are independent. */
function dispersionNow(metric: GuardrailMetric, { plan, frozen, state }: Compared): Dispersion | undefined {
  if (!frozen.bursts || !burstyMetrics.includes(metric)) return undefined;
  const record = frozen.bursts[metric];
  const minutes = addSums(record?.minutes ?? noPairs, state.minutes?.sums[metric] ?? noPairs);
  const measured = dispersionOf({ short: noPairs, fiveMinutes: noPairs, ...record, minutes });
  // A key counts once, so that its repeated requests make no groups.
  return plan.unit.kind === "request" ? measured : { ...measured, clusters: 0 };
}

/** Returns the dispersion of both arms in a step by its units a minute. */
export function spreadFor(
  metric: GuardrailMetric,
  rows: readonly RolloutCount[],
  compared: Compared,
): SpreadOf | undefined {
  const dispersion = dispersionNow(metric, compared);
  if (!dispersion) return undefined;
  const { plan } = compared;
  return (step, weight) => {
    // Starts of monitoring are steps of the gate, all with the traffic of monitoring.
    const planned = Math.min(step, plan.steps.length);
    const units = unitsPerMinute(metric, planned, rows, compared, dispersion);
    // Both versions of a pair have all of them.
    if (!isSplit(plan, planned)) return { hits: spreadAt(dispersion, units), misses: spreadAt(dispersion, units) };
    return { hits: spreadAt(dispersion, units * weight), misses: spreadAt(dispersion, units * (1 - weight)) };
  };
}

/**
 * Returns the units a minute of a step, each minute weighted by its units: the larger ones have most of the bursts. Before a minute of it
 * is over, that of the step before, or of the record; without any, its units so far.
 */
function unitsPerMinute(
  metric: GuardrailMetric,
  step: number,
  rows: readonly RolloutCount[],
  { plan, frozen, state }: Compared,
  dispersion: Dispersion,
): number {
  const flows = state.minutes?.flows.filter((flow) => flow.metric === metric && flow.units > 0) ?? [];
  const isLike = (each: number) => isSplit(plan, each) === isSplit(plan, step);
  const flow = flows.find((each) => each.step === step) ?? flows.findLast((each) => isLike(each.step));
  if (flow) return flow.squares / flow.units;
  const recorded = dispersion.unitsPerMinute || (frozen.requestsPerSecond ?? 0) * secondsPerMinute;
  const shadowed = plan.steps[step]?.shadowShare ?? plan.watch.shadowShare;
  if (recorded > 0) return isSplit(plan, step) ? recorded : recorded * shadowed;
  const pairs = sumOf(rows, "pair", step).units;
  return isSplit(plan, step) ? sumOf(rows, "canary", step).units + sumOf(rows, "stable", step).units : pairs;
}

/** Returns the counts of the gates in independent events, for intervals: with bursts, several events say as much as one. */
export function independentCounts(rows: readonly RolloutCount[], guardrail: Guardrail, compared: Compared): ArmCount[] {
  const counts = gateCounts(rows, guardrail, compared.plan);
  const spreadOf = spreadFor(guardrail.metric, rows, compared);
  if (!spreadOf) return counts;
  return counts.map((count) => {
    const perEvent = widening(boundary(count.weight, 0), spreadOf(count.step, count.weight));
    return { ...count, events: count.events / perEvent };
  });
}

/** Deviations by which gateways may differ: 2.3% of healthy versions have gateways that differ by more. */
const toleratedDeviations = 2;

/** Returns the factor by which the rates of the two arms may differ because each runs on gateways that differ. */
export function gatewayFactorOf(record: BurstRecord | undefined): number {
  if (!record || record.gateways < 2) return 1;
  return Math.exp(toleratedDeviations * record.gatewayDeviation * Math.sqrt(2 / record.gateways));
}

/** The rate to find, as a multiple of the other version's. */
const ratio = 4;

/** Describes the unit by which a guardrail is compared in this step, and what that costs in time. */
export function comparisonUnit(
  guardrail: Guardrail,
  rows: readonly RolloutCount[],
  compared: Compared,
  share: number,
): ComparisonUnit | undefined {
  const { metric, margin } = guardrail;
  const { plan, frozen, state } = compared;
  const dispersion = dispersionNow(metric, compared);
  const spreadOf = spreadFor(metric, rows, compared);
  if (!dispersion || !spreadOf) return undefined;
  const gatewayFactor = gatewayFactorOf(frozen.bursts?.[metric]);
  const weight = plan.steps[state.step]?.weight || 0.5;
  const spread = spreadOf(state.step, weight);
  const stable = sumOf(rows, "stable");
  const record = frozen.record[metric] ?? { units: 0, events: 0 };
  const units = stable.units + record.units;
  const baseRate = units > 0 ? (stable.events + record.events) / units : 0;
  const unitsPerSecond = unitsPerMinute(metric, state.step, rows, compared, dispersion) / secondsPerMinute;
  const seconds = (widened: boolean) => {
    const tolerated = (1 + margin) * (widened ? gatewayFactor : 1) - 1;
    if (!isSplit(plan, state.step) || baseRate <= 0 || unitsPerSecond <= 0 || tolerated >= ratio - 1) return null;
    const effect = {
      weight,
      ratio: Math.min(ratio, 1 / baseRate),
      margin: tolerated,
      alpha: plan.alpha * share,
      spread: widened ? spread : undefined,
    };
    const found = secondsFor(expectedEvents(effect), effect, { unitsPerSecond, baseRate });
    return Number.isFinite(found) && found > 0 ? found : null;
  };
  return {
    unit: widening(boundary(weight, margin), spread) >= minWidening ? "minutes" : "requests",
    rho: dispersion.rho,
    groupSize: 1 + dispersion.clusters,
    minutes: dispersion.minutes,
    gatewayFactor,
    secondsToFind: seconds(true),
    secondsWithoutBursts: seconds(false),
  };
}
