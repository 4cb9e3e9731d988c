import { percent } from "#server/base/format-number.ts";
import { decide, type Verdict } from "#server/stats/sequential/decide.ts";
import type { RolloutState } from "../../../serve/rollout/contract.ts";
import type { GuardrailMetric } from "../../../serve/rollout/plan/contract.ts";
import { metricLabels } from "../evidence/metric-labels.ts";
import { decideStart } from "./decide-start.ts";
import { describeHold, type HoldReason } from "./describe-hold.ts";
import type { Decided, Evaluated, NewDecision } from "./evaluated.ts";
import { goesOn, held, heldAt, unchanged } from "./hold.ts";
import { advanced, completed, rolledBack } from "./moves.ts";
import { floorsOf, policyOf, stepState } from "./step-state.ts";

/**
 * Decides the next change of a rollout. Reads and writes nothing: the same plan, state, evidence and facts give the same decision.
 * Order: a floor that only the new version violates, the sample ratio, regressions, whether there is data, required verdicts, the maximum time.
 * Missing data never advances it, inconclusive evidence holds, a pause holds except for a regression, and a rollback is final.
 */
export function decideStep(evaluated: Evaluated): Decided {
  const seen: Evaluated = { ...evaluated, state: withEvidence(evaluated) };
  const { phase } = seen.state;
  if (phase === "starting") return decideStart(seen);
  if (phase !== "stepping" && phase !== "watching") return unchanged(evaluated.state);
  const decided = follow(seen, decide(stepState(seen), policyOf(seen)));
  // During a regression or a broken split, a no-worse verdict would only confuse; it is reported afterwards.
  if (decided.needsBudget || decided.decisions.some(({ kind }) => kind === "roll-back")) return decided;
  return { ...decided, decisions: [...newProofs(evaluated), ...decided.decisions] };
}

/** Returns the state with the maximum evidence so far, and the time of the last new units. */
function withEvidence({ state, evidence, units, now }: Evaluated): RolloutState {
  const byMetric = (value: (index: number) => number | null | undefined) =>
    Object.fromEntries(
      evidence.guardrails.flatMap(({ metric }, index) => {
        const found = value(index);
        return found === null || found === undefined ? [] : [[metric, found]];
      }),
    );
  const { guardrails } = evidence;
  return {
    ...state,
    maxima: {
      combined: evidence.maxCombinedLogE,
      srm: evidence.srm.maxLogE,
      worse: byMetric((index) => guardrails[index]?.maxLogEWorse),
      safe: byMetric((index) => guardrails[index]?.maxLogESafe),
      floorCanary: byMetric((index) => guardrails[index]?.floor?.canary),
      floorStable: byMetric((index) => guardrails[index]?.floor?.stable),
    },
    lastUnits: units,
    lastDataAt: units > state.lastUnits ? now : state.lastDataAt,
  };
}

function follow(evaluated: Evaluated, verdict: Verdict): Decided {
  const { state, facts } = evaluated;
  if (verdict.kind === "abort") {
    const isFloor = verdict.reason === "floor";
    return rolledBack(
      evaluated,
      verdict.reason,
      isFloor ? floorsOf(evaluated.evidence).own : (verdict.violatedMetrics as GuardrailMetric[]),
    );
  }
  if (verdict.kind === "withheld") return held(evaluated, "withheld", describeWithheld(evaluated));
  if (verdict.kind === "hold" && verdict.reason === "floor-breached-by-both")
    return held(evaluated, verdict.reason, describeHold(evaluated, verdict.reason));
  if (state.isPaused) return held(evaluated, "paused", describeHold(evaluated, "paused"));
  if (facts.gateways.length === 0)
    return held(evaluated, "no-gateway", `${heldAt(state)}: no gateway was active in the last 30\u00a0s.`);
  if (verdict.kind === "continue" || (verdict.kind === "hold" && isQuiet(evaluated, verdict.reason)))
    return goesOn(evaluated);
  if (verdict.kind === "hold") return held(evaluated, verdict.reason, describeHold(evaluated, verdict.reason));
  if (state.phase === "watching") return completed(evaluated);
  return heldBack(evaluated) ?? advanced(evaluated, verdict.reason);
}

/** Seconds in which the first counts of a step are on their way. */
const countsComeWithin = 30;

/** Holds that say what has been counted, and not what has not. */
const floorHolds: readonly HoldReason[] = ["floor-breached-by-both", "floor-unattributed"];

/** Returns whether it is too early to report few counts: the step could not end yet, or no counts can have arrived. */
function isQuiet(evaluated: Evaluated, reason: HoldReason): boolean {
  if (floorHolds.includes(reason)) return false;
  const { minSeconds, deadlineSeconds } = policyOf(evaluated);
  const from = Math.min(deadlineSeconds, Math.max(minSeconds, countsComeWithin));
  return evaluated.now - evaluated.state.stepStartedAt < from * 1000;
}

/** Returns the reason why a decided step does not advance. */
function heldBack(evaluated: Evaluated): Decided | undefined {
  const { state, plan, facts } = evaluated;
  if (plan.budget === "respect" && !state.overridesBudget) {
    if (!facts.budget) return { ...unchanged(state), needsBudget: true };
    const { allow, band, reason } = facts.budget;
    const code = band === "exhausted" ? "budget-exhausted" : "budget-low";
    if (!allow) return held(evaluated, code, `${heldAt(state)}: ${reason}`);
  }
  if (plan.steps[state.step]?.needsApproval && !state.approvedSteps.includes(state.step))
    return held(evaluated, "needs-approval", `${heldAt(state)}: ready to advance, waiting for approval.`);
  return undefined;
}

function describeWithheld({ state, evidence: { srm }, facts }: Evaluated): string {
  const share = percent(srm.canary / Math.max(1, srm.canary + srm.stable));
  return `No verdict at ${percent(state.weight)}: across all steps ${facts.canary} received ${share} of units, which does not match the configured split. Routing or counting is broken, so the versions cannot be compared. Roll back, and start again once it is fixed.`;
}

/** Guardrails that were proved in this step just now. */
function newProofs({ state, evidence }: Evaluated): NewDecision[] {
  return evidence.guardrails
    .filter(({ metric, maxLogESafe, logSafeThreshold }) => {
      const before = state.maxima.safe[metric] ?? 0;
      return maxLogESafe !== null && maxLogESafe >= logSafeThreshold && before < logSafeThreshold;
    })
    .map(({ metric }) => {
      return { kind: "go-on", code: "proved", words: `${metricLabels[metric].proved} at ${percent(state.weight)}.` };
    });
}
