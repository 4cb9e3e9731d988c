import type { RolloutPolicy, StepState } from "#server/stats/sequential/decide.ts";
import type { Evidence, GuardrailEvidence } from "../../../serve/rollout/evidence/contract.ts";
import { provableMetrics } from "../../../serve/rollout/plan/constants.ts";
import type { Guardrail, GuardrailMetric, RolloutPlan } from "../../../serve/rollout/plan/contract.ts";
import { shareOf } from "../evidence/evaluate-one.ts";
import type { Evaluated } from "./evaluated.ts";
import { isProvableIn, neededUnits } from "./needed-units.ts";

/** Returns whether a step requires a guardrail's verdict: those marked, or all where none is and verdicts decide. */
function requiresVerdict(guardrail: Guardrail, { guardrails, advanceWhen }: RolloutPlan): boolean {
  if (guardrails.some((each) => each.requiresVerdict)) return guardrail.requiresVerdict;
  return advanceWhen === "proved-safe" && provableMetrics.includes(guardrail.metric);
}

/** Converts a rollout to the input of the statistical decision. */
export function stepState(evaluated: Evaluated): StepState {
  const { plan, state, evidence, now } = evaluated;
  const isWatched = state.phase === "watching";
  const needed = neededUnits(evaluated);
  const found = floorsOf(evidence);
  const isBoth = (metric: GuardrailMetric) => found.stable.includes(metric);
  return {
    guardrails: evidence.guardrails.map((shown, index) => {
      const guardrail = plan.guardrails[index] as Guardrail;
      const units = needed.find(({ metric }) => metric === shown.metric);
      return {
        name: shown.metric,
        share: shareOf(guardrail, plan),
        maxLogEWorse: shown.maxLogEWorse ?? Number.NEGATIVE_INFINITY,
        maxLogESafe: shown.maxLogESafe ?? Number.NEGATIVE_INFINITY,
        requiresVerdict: !isWatched && requiresVerdict(guardrail, plan) && isProvableIn(evaluated, shown.metric),
        // A guardrail that cannot have data in this step does not block it.
        unitsCanary: units?.canary ?? Number.POSITIVE_INFINITY,
        unitsBaseline: units?.stable ?? Number.POSITIVE_INFINITY,
      };
    }),
    maxCombinedLogE: evidence.maxCombinedLogE,
    // Traffic is not split during monitoring.
    maxLogESampleRatio: isWatched ? Number.NEGATIVE_INFINITY : evidence.srm.maxLogE,
    floorBreached: {
      canary: found.canary.length > 0,
      baseline: found.canary.length > 0 && found.canary.every(isBoth),
      isOwn: found.own.length > 0,
    },
    secondsInStep: (now - state.stepStartedAt) / 1000,
    secondsSinceLastData: (now - state.lastDataAt) / 1000,
    isPaused: state.isPaused,
  };
}

/** Returns the guardrails whose floor an arm violates; `own` are those that only the canary does, by concurrent evidence. */
export function floorsOf({ guardrails }: Evidence): Record<"canary" | "stable" | "own", GuardrailMetric[]> {
  const named = (isMeant: (guardrail: GuardrailEvidence) => boolean) =>
    guardrails.filter(isMeant).map(({ metric }) => metric);
  return {
    canary: named((guardrail) => isBeyond(guardrail, "canary")),
    stable: named((guardrail) => isBeyond(guardrail, "stable")),
    own: named((each) => isBeyond(each, "canary") && !isBeyond(each, "stable") && each.floor?.isOwn === true),
  };
}

function isBeyond({ floor }: GuardrailEvidence, arm: "canary" | "stable"): boolean {
  return floor !== null && (floor[arm] ?? Number.NEGATIVE_INFINITY) >= floor.logThreshold;
}

/** Returns the plan's requirements for the step, or for monitoring, which ends with its time unless there is a regression or no data. */
export function policyOf({ plan, state }: Pick<Evaluated, "plan" | "state">): RolloutPolicy {
  const step = plan.steps[Math.min(state.step, plan.steps.length - 1)];
  const isWatched = state.phase === "watching";
  const minUnits = step?.minUnits ?? 1;
  return {
    alpha: plan.alpha,
    beta: plan.beta,
    alphaSampleRatio: plan.alphaSrm,
    minUnitsCanary: minUnits,
    minUnitsBaseline: minUnits,
    minSeconds: isWatched ? plan.watch.seconds : (step?.minSeconds ?? 0),
    deadlineSeconds: isWatched ? plan.watch.seconds : (step?.maxSeconds ?? 0),
    staleSeconds: plan.staleSeconds,
    advanceWhen: isWatched ? "no-harm-found" : plan.advanceWhen,
  };
}
