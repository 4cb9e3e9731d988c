import { blameLogE } from "./combine.ts";

/** One guardrail as the decision sees it. */
export interface GuardrailState {
  name: string;
  /** Share of α; the shares of all guardrails sum to 1. */
  share: number;
  /** Running maximum of ln E of the abort gate, over the complete rollout. */
  maxLogEWorse: number;
  /** Running maximum of ln E of this step's safe gate; −∞ without one. */
  maxLogESafe: number;
  /** Whether a step requires a safe verdict on this guardrail before it is promoted on evidence. */
  requiresVerdict: boolean;
  /** Units seen in this step. */
  unitsCanary: number;
  unitsBaseline: number;
}

export interface RolloutPolicy {
  /** Maximum probability of rolling back a healthy candidate, over the complete rollout and all guardrails. */
  alpha: number;
  /** Maximum probability per step that a candidate worse than its safe margin is found safe. */
  beta: number;
  alphaSampleRatio: number;
  minUnitsCanary: number;
  minUnitsBaseline: number;
  /** A step is not promoted before; it does not delay a rollback. */
  minSeconds: number;
  /** Planned length of the step. */
  deadlineSeconds: number;
  staleSeconds: number;
  advanceWhen: "proved-safe" | "no-harm-found";
}

export interface StepState {
  guardrails: readonly GuardrailState[];
  /** Running maximum of the combined ln E; not the combination of maxima. */
  maxCombinedLogE: number;
  maxLogESampleRatio: number;
  /**
   * Arms beyond a floor; `isOwn` is whether concurrent evidence attributes the candidate's breach to itself. Of two arms with the same
   * rate either may cross first, so the order of crossing attributes nothing.
   */
  floorBreached: { canary: boolean; baseline: boolean; isOwn: boolean };
  secondsInStep: number;
  secondsSinceLastData: number;
  isPaused: boolean;
}

type HoldReason =
  | "paused"
  | "no-data"
  | "stale-data"
  | "too-little-data"
  | "floor-breached-by-both"
  | "floor-unattributed"
  | "inconclusive";

export type Verdict =
  | { kind: "abort"; reason: "guardrail" | "floor"; violatedMetrics: string[] }
  | { kind: "withheld"; reason: "sample-ratio-mismatch" }
  | { kind: "hold"; reason: HoldReason }
  | { kind: "promote"; reason: "proved-safe" | "no-harm-found" }
  | { kind: "continue" };

/**
 * Decides what happens to a step now. Order: a floor that the candidate alone breaches, whether the comparison is valid, regression,
 * whether there is data, the safe verdict, the deadline. Missing data never promotes, an inconclusive result holds, a pause blocks
 * promotion but no rollback.
 */
export function decide(state: StepState, policy: RolloutPolicy): Verdict {
  const { canary, baseline, isOwn } = state.floorBreached;
  if (canary && !baseline && isOwn) return { kind: "abort", reason: "floor", violatedMetrics: [] };
  if (state.maxLogESampleRatio >= -Math.log(policy.alphaSampleRatio))
    return { kind: "withheld", reason: "sample-ratio-mismatch" };
  const violatedMetrics = state.guardrails
    .filter(({ maxLogEWorse, share }) => maxLogEWorse >= blameLogE(policy.alpha, share))
    .map(({ name }) => name);
  if (violatedMetrics.length > 0 || state.maxCombinedLogE >= -Math.log(policy.alpha))
    return { kind: "abort", reason: "guardrail", violatedMetrics };
  const reason = holdReason(state, policy);
  return reason ? { kind: "hold", reason } : promotion(state, policy);
}

/** Returns why nothing can be decided now. Checks from here on never roll back; checks before this never promote. */
function holdReason(state: StepState, policy: RolloutPolicy): HoldReason | undefined {
  const { guardrails } = state;
  const { canary, baseline } = state.floorBreached;
  if (canary) return baseline ? "floor-breached-by-both" : "floor-unattributed";
  if (state.isPaused) return "paused";
  const lacks = (canary: number, baseline: number) =>
    guardrails.some(({ unitsCanary, unitsBaseline }) => unitsCanary < canary || unitsBaseline < baseline);
  if (guardrails.length === 0 || lacks(1, 1)) return "no-data";
  if (state.secondsSinceLastData > policy.staleSeconds) return "stale-data";
  return lacks(policy.minUnitsCanary, policy.minUnitsBaseline) ? "too-little-data" : undefined;
}

function promotion({ guardrails, secondsInStep }: StepState, policy: RolloutPolicy): Verdict {
  const toProve = guardrails.filter(({ requiresVerdict }) => requiresVerdict);
  const isProved = toProve.every(({ maxLogESafe }) => maxLogESafe >= -Math.log(policy.beta));
  if (toProve.length > 0 && isProved && secondsInStep >= policy.minSeconds)
    return { kind: "promote", reason: "proved-safe" };
  if (secondsInStep < policy.deadlineSeconds) return { kind: "continue" };
  return policy.advanceWhen === "no-harm-found"
    ? { kind: "promote", reason: "no-harm-found" }
    : { kind: "hold", reason: "inconclusive" };
}
