import { formatCount, formatDuration, percent } from "#server/base/format-number.ts";
import type { RolloutState } from "../../../serve/rollout/contract.ts";
import type { GuardrailMetric } from "../../../serve/rollout/plan/contract.ts";
import { describeAffected, describeRegression } from "./describe-regression.ts";
import type { Decided, Evaluated } from "./evaluated.ts";
import { unchanged } from "./hold.ts";

/**
 * Returns the state at the start of a step, or of monitoring: safety evidence restarts, and at the start of monitoring also that of floors.
 */
export function stateAt({ plan, state, now }: Pick<Evaluated, "plan" | "state" | "now">, step: number): RolloutState {
  const next = plan.steps[step];
  const maxima = { ...state.maxima, safe: {}, ...(!next && { floorCanary: {}, floorStable: {} }) };
  const phase = next ? "stepping" : plan.watch.seconds > 0 ? "watching" : "promoted";
  const weight = next ? next.weight : 1;
  return { ...state, phase, step, weight, stepStartedAt: now, lastDataAt: now, hold: null, maxima };
}

/** Advances to the next step, or to 100% after the last one. @param code reason for which it may advance */
export function advanced(evaluated: Evaluated, code: "proved-safe" | "no-harm-found"): Decided {
  const state = stateAt(evaluated, evaluated.state.step + 1);
  const isPromoted = state.phase !== "stepping";
  const seen = `${formatDuration(evaluated.now - evaluated.state.stepStartedAt)} and ${describeSeen(evaluated)}`;
  const why = code === "proved-safe" ? `verified no worse in ${seen}` : `no regression in ${seen}`;
  return {
    ...unchanged(state),
    decisions: [
      { kind: isPromoted ? "promote" : "advance", code, words: `Advanced to ${percent(state.weight)}: ${why}.` },
    ],
    deploys: isPromoted ? "canary" : null,
  };
}

/** Describes the counts of the new version in this step: "5,904 requests". */
function describeSeen({ evidence, plan }: Evaluated): string {
  const ofStep = evidence.guardrails.map(({ stepUnits }) => stepUnits);
  const requests = Math.max(0, ...ofStep.map(({ canary }) => canary));
  if (requests > 0) return `${formatCount(requests)} ${plan.unit.kind === "request" ? "requests" : "callers"}`;
  return `${formatCount(Math.max(0, ...ofStep.map(({ pairs }) => pairs)))} pairs`;
}

/** Completes a rollout: the new version serves everything permanently. */
export function completed({ state, facts, plan }: Evaluated): Decided {
  const words = `${facts.canary} promoted: monitored for ${formatDuration(plan.watch.seconds * 1000)} without a regression.`;
  return {
    ...unchanged({ ...state, phase: "promoted", hold: null }),
    decisions: [{ kind: "complete", code: "watched", words }],
  };
}

/** Rolls back because of a regression: all traffic goes to the previous version, immediately and permanently. */
export function rolledBack(
  evaluated: Evaluated,
  code: "floor" | "guardrail",
  violatedMetrics: readonly GuardrailMetric[],
): Decided {
  const { state, facts, evidence } = evaluated;
  const why = describeRegression(evidence, violatedMetrics);
  const words = `Rolled back to ${facts.stable} because ${why}${describeAffected(evidence, violatedMetrics)}.`;
  return {
    ...unchanged(stateRolledBack(state, violatedMetrics)),
    decisions: [{ kind: "roll-back", code, words }],
    deploys: state.phase === "watching" ? "stable" : null,
  };
}

export function stateRolledBack(state: RolloutState, violatedMetrics: readonly string[]): RolloutState {
  return { ...state, phase: "rolled-back", weight: 0, hold: null, violatedMetrics: [...violatedMetrics] };
}
