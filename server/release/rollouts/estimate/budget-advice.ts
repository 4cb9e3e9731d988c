import type { BudgetGate } from "#server/watch/slo/budget-gate/contract.ts";
import type { RolloutPlan } from "../../../serve/rollout/plan/contract.ts";
import type { PlanAdvice } from "./contract.ts";

/** Where little of an error budget is left, a first step may take at most this share. */
const smallWeight = 0.05;

/** What the error budgets of an endpoint say of a plan: that it would wait, or should begin with less (slo.md section 7). */
export function budgetAdvice({ steps }: RolloutPlan, { allow, reason, advice }: BudgetGate): PlanAdvice[] {
  const budget = { code: "budget" as const, metric: null, seconds: null };
  if (!allow) return [{ ...budget, step: null, words: reason }];
  const isSmall = (steps[0]?.weight ?? 0) <= smallWeight;
  return advice === null || isSmall ? [] : [{ ...budget, step: 0, words: advice }];
}
