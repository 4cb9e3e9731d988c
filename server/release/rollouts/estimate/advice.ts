import { provableMetrics } from "../../../serve/rollout/plan/constants.ts";
import type { RolloutPlan } from "../../../serve/rollout/plan/contract.ts";
import type { PlanAdvice, RolloutEstimate } from "./contract.ts";

type Estimated = Pick<RolloutEstimate, "traffic" | "guardrails">;

const nothing = { metric: null, step: null, seconds: null };

/** Returns advice about a plan before its start, the most severe first. */
export function adviceFor(plan: RolloutPlan, { traffic, guardrails }: Estimated): PlanAdvice[] {
  if (traffic.requestsPerSecond === null) return [{ ...nothing, code: "no-traffic" }];
  const unknown = guardrails
    .filter(({ metric, baseRate }) => baseRate === null && provableMetrics.includes(metric))
    .map(({ metric }): PlanAdvice => ({ ...nothing, code: "no-rate", metric }));
  const slow = plan.guardrails.flatMap(({ metric, requiresVerdict }, index) => {
    const estimate = guardrails[index];
    if (!requiresVerdict || !estimate || estimate.baseRate === null) return [];
    return plan.steps.flatMap(({ weight, maxSeconds }, step): PlanAdvice[] => {
      const seconds = estimate.proofs[step] ?? null;
      if (weight === 0) return [];
      if (seconds === null) return [{ code: "proof-never", metric, step, seconds }];
      return seconds > maxSeconds ? [{ code: "proof-too-slow", metric, step, seconds }] : [];
    });
  });
  return [...slow, ...fewUnits(plan, traffic.requestsPerSecond), ...unknown];
}

function fewUnits(plan: RolloutPlan, requestsPerSecond: number): PlanAdvice[] {
  // The number of keys behind the requests is not known.
  if (plan.unit.kind !== "request" || requestsPerSecond === 0) return [];
  return plan.steps.flatMap(({ weight, shadowShare, minUnits, maxSeconds }, step): PlanAdvice[] => {
    const smaller = weight > 0 ? Math.min(weight, 1 - weight) : shadowShare;
    const seconds = minUnits / (requestsPerSecond * smaller);
    return seconds > maxSeconds ? [{ ...nothing, code: "few-units", step, seconds }] : [];
  });
}
