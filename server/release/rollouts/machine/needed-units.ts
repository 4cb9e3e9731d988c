import type { GuardrailMetric } from "../../../serve/rollout/plan/contract.ts";
import type { Evaluated } from "./evaluated.ts";

/** Counted of both versions when one input runs on both; the others need units that are assigned, or labels. */
const pairable: readonly GuardrailMetric[] = ["errors", "client-errors", "slow", "invalid-outputs", "disagreement"];
/** Metrics counted for every request that is served during monitoring. */
const live: readonly GuardrailMetric[] = ["errors", "client-errors", "slow", "invalid-outputs"];

export interface NeededUnits {
  metric: GuardrailMetric;
  canary: number;
  stable: number;
  unit: "requests" | "labelled requests" | "pairs";
}

/**
 * Returns the counts in this step of each guardrail that needs data: of those that can have some. Where none can, one without
 * units represents all, so that missing data never advances a rollout.
 */
export function neededUnits({ plan, state, evidence }: Pick<Evaluated, "plan" | "state" | "evidence">): NeededUnits[] {
  const step = plan.steps[state.step];
  const needed = evidence.guardrails.flatMap(({ metric, stepUnits: { stable, canary, pairs } }): NeededUnits[] => {
    const inPairs = { metric, canary: pairs, stable: pairs, unit: "pairs" as const };
    if (!step) return live.includes(metric) ? [{ metric, canary, stable: canary, unit: "requests" }] : [];
    if (step.weight === 0) return pairable.includes(metric) ? [inPairs] : [];
    if (metric === "disagreement") return step.shadowShare > 0 ? [inPairs] : [];
    return [{ metric, canary, stable, unit: metric === "label-errors" ? "labelled requests" : "requests" }];
  });
  if (needed.length > 0) return needed;
  return evidence.guardrails.slice(0, 1).map(({ metric, stepUnits }) => {
    const most = Math.max(stepUnits.canary, stepUnits.pairs);
    return { metric, canary: most, stable: most, unit: "requests" };
  });
}

/** Returns whether a no-worse verdict on a guardrail is possible in this step, given what is counted in it. */
export function isProvableIn({ plan, state }: Pick<Evaluated, "plan" | "state">, metric: GuardrailMetric): boolean {
  return (plan.steps[state.step]?.weight ?? 0) > 0 || pairable.includes(metric);
}
