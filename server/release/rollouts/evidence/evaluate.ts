import { combinedLogE } from "#server/stats/sequential/combine.ts";
import type { FrozenFacts, RolloutState } from "../../../serve/rollout/contract.ts";
import type { Evidence, EvidencePoint, RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import type { RolloutPlan } from "../../../serve/rollout/plan/contract.ts";
import { type EvaluatedGuardrail, evaluateOne } from "./evaluate-one.ts";
import { sampleRatioEvidence } from "./sample-ratio-evidence.ts";

/** ln E of no evidence at all, where JSON knows no minus infinity. */
const lowest = -700;

interface EvaluationInput {
  plan: RolloutPlan;
  frozen: FrozenFacts;
  state: RolloutState;
  counts: readonly RolloutCount[];
}

export interface Evaluated {
  evidence: Evidence;
  point: EvidencePoint;
  /** Units of all arms and metrics: the total grows while anything is counted. */
  units: number;
}

/**
 * Evaluates a rollout from its counts: the same counts give the same evidence, regardless of batches, number of gateways and restarts. The
 * maxima of the state are part of it because a verdict depends on whether evidence was ever sufficient.
 */
export function evaluate({ plan, frozen, state, counts }: EvaluationInput): Evaluated {
  const srm = sampleRatioEvidence(counts, plan);
  const maxLogESampleRatio = Math.max(state.maxima.srm, srm.logE);
  const hasMismatch = maxLogESampleRatio >= srm.logThreshold;
  const guardrails = plan.guardrails.map((one) => evaluateOne(one, { plan, frozen, state, counts, hasMismatch }));
  const logE = combined(guardrails);
  const evidence: Evidence = {
    guardrails: guardrails.map(({ evidence }) => evidence),
    combinedLogE: logE,
    maxCombinedLogE: Math.max(state.maxima.combined, logE),
    logThreshold: -Math.log(plan.alpha),
    srm: { ...srm, maxLogE: maxLogESampleRatio },
  };
  const point: EvidencePoint = {
    combined: logE,
    srm: srm.logE,
    guardrails: guardrails.map(({ evidence: { metric, logEWorse, ratio }, logESafe }) => {
      return { metric, worse: logEWorse, safe: logESafe, ...ratio };
    }),
    units: { stable: srm.stable, canary: srm.canary },
  };
  return { evidence, point, units: counts.reduce((sum, { units }) => sum + units, 0) };
}

/** Combines the guardrails with e-values; guardrails with a sequence instead have a separate share of alpha. */
function combined(guardrails: readonly EvaluatedGuardrail[]): number {
  const parts = guardrails.filter(({ isEValue }) => isEValue);
  const logE = combinedLogE(parts.map(({ share, evidence }) => ({ share, logE: evidence.logEWorse ?? lowest })));
  return Math.max(lowest, logE);
}
