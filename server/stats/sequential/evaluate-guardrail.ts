import { boundary, GridGate, safeGrid } from "./grid-gate.ts";
import type { ArmEvents } from "./rate-ratio.ts";
import { RestartGate } from "./restart-gate.ts";
import { type ArmSpread, noSpread } from "./widened-factors.ts";

/** Counts of the units that were routed to one arm in one step, at one weight. */
export interface ArmCount {
  /** Index from 0, in the order of time; the step in which the unit was routed, not when its outcome arrived. */
  step: number;
  /** The canary's share of units when they were routed, 0 to 1. */
  weight: number;
  arm: "canary" | "baseline";
  /** Requests, or keys when assignment is by key. */
  units: number;
  /** Units with something bad, each counted once. */
  events: number;
}

export interface GuardrailPlan {
  /** Relative increase of the rate that is tolerated. */
  margin: number;
  /** The candidate is proved safe when its rate is below (1 + this) times the baseline's; undefined where nothing is to be proved. */
  safeMargin: number | undefined;
  /** Starts of gates, fixed before the rollout: its steps, and hours of the watch after the last. */
  plannedSteps: number;
  /** Dispersion of the arms' events in a step, beyond that of independent ones; without it they are taken as independent. */
  spreadOf?: SpreadOf | undefined;
}

export type SpreadOf = (step: number, weight: number) => ArmSpread;

/** Evidence of one guardrail at one moment; the caller stores the maxima over time. */
export interface GuardrailEvidence {
  /** ln E of "the candidate is no worse than the margin", over the complete rollout. */
  logEWorse: number;
  /** ln E of "the candidate is worse than the safe margin", of the current step alone; −∞ without a safe margin. */
  logESafe: number;
  /** Units of the current step. */
  unitsCanary: number;
  unitsBaseline: number;
}

/**
 * Recomputes the gates of a guardrail from its counts, so that every verdict can be checked later: the same counts give the same
 * evidence, whatever the batches and the number of gateways.
 * @param currentStep from 0; the counts must not contain rows of later steps yet.
 */
export function evaluateGuardrail(
  counts: readonly ArmCount[],
  currentStep: number,
  { margin, safeMargin, plannedSteps, spreadOf = () => noSpread }: GuardrailPlan,
): GuardrailEvidence {
  const worse = new RestartGate(plannedSteps);
  for (let step = 0; step <= currentStep; step += 1) {
    worse.startStep();
    for (const { canary, baseline, weight } of byWeight(counts, "events", step))
      worse.add(canary, baseline, boundary(weight, margin), spreadOf(step, weight));
  }
  const units = byWeight(counts, "units", currentStep);
  return {
    logEWorse: worse.logE(),
    logESafe: safeMargin === undefined ? Number.NEGATIVE_INFINITY : safeLogE(counts, currentStep, safeMargin, spreadOf),
    unitsCanary: units.reduce((sum, { canary }) => sum + canary, 0),
    unitsBaseline: units.reduce((sum, { baseline }) => sum + baseline, 0),
  };
}

/** Computes the safe gate. Its evidence concerns the traffic of one step, so it restarts in every step. */
function safeLogE(counts: readonly ArmCount[], step: number, safeMargin: number, spreadOf: SpreadOf): number {
  const gate = new GridGate(safeGrid);
  for (const { canary, baseline, weight } of byWeight(counts, "events", step))
    gate.add(canary, baseline, boundary(weight, safeMargin), spreadOf(step, weight));
  return gate.logE();
}

/** Sums of both arms, one row per step and weight, of one step or of all. */
export function byWeight(counts: readonly ArmCount[], what: "units" | "events", onlyStep?: number): ArmEvents[] {
  const rows = new Map<string, ArmEvents>();
  for (const count of counts) {
    if (onlyStep !== undefined && count.step !== onlyStep) continue;
    const key = `${count.step} ${count.weight}`;
    const row = rows.get(key) ?? { canary: 0, baseline: 0, weight: count.weight };
    row[count.arm] += count[what];
    rows.set(key, row);
  }
  return [...rows.values()];
}
