import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { loadBudgetGate } from "#server/watch/slo/budget-gate/check-budget-gate.ts";
import type { BudgetGate } from "#server/watch/slo/budget-gate/contract.ts";
import type { RolloutPlan } from "../../../serve/rollout/plan/contract.ts";
import {
  ComparePlans,
  type PlanAdvice,
  PlanRollout,
  type PlanTraffic,
  type RolloutEstimate,
  type RolloutSimulation,
  SimulateRollout,
} from "./contract.ts";
import { estimateRollout } from "./estimate.ts";
import { readPlanTraffic } from "./plan-traffic.ts";
import { simulatePlan } from "./simulate-plan.ts";

/** Estimates a plan's duration and detections from the endpoint's last seven days. Starts nothing. @throws DomainError "not-found" */
export async function planRollout(ctx: Context, input: PlanRollout): Promise<RolloutEstimate> {
  permit(ctx, "planRollout");
  const { endpointId, plan } = PlanRollout.parse(input);
  const { id } = await findEndpointById(ctx, endpointId);
  const gate = plan.budget === "ignore" ? undefined : await loadBudgetGate(ctx, id, rolloutChange);
  return estimateWith(plan, await readPlanTraffic(ctx, id, plan), gate);
}

/** Estimates several plans by the same traffic and the same error budgets. @throws DomainError "not-found" */
export async function compareRolloutPlans(ctx: Context, input: ComparePlans): Promise<RolloutEstimate[]> {
  permit(ctx, "planRollout");
  const { endpointId, plans } = ComparePlans.parse(input);
  const { id } = await findEndpointById(ctx, endpointId);
  const gate = await loadBudgetGate(ctx, id, rolloutChange);
  const trafficBy = new Map<number | null, PlanTraffic>();
  for (const plan of plans) {
    if (!trafficBy.has(plan.slowMs)) trafficBy.set(plan.slowMs, await readPlanTraffic(ctx, id, plan));
  }
  return plans.flatMap((plan) => {
    const traffic = trafficBy.get(plan.slowMs);
    return traffic ? [estimateWith(plan, traffic, plan.budget === "ignore" ? undefined : gate)] : [];
  });
}

const rolloutChange = { kind: "rollout", purpose: "change" } as const;

function estimateWith(plan: RolloutPlan, traffic: PlanTraffic, gate: BudgetGate | undefined): RolloutEstimate {
  const estimate = estimateRollout(plan, traffic);
  return gate ? { ...estimate, advice: [...budgetAdvice(plan, gate), ...estimate.advice] } : estimate;
}

/**
 * Runs a plan some hundred times against the endpoint's recorded traffic. Starts nothing.
 * @throws DomainError "not-found", "conflict" where nothing was recorded that could be simulated
 */
export async function simulateRolloutPlan(ctx: Context, input: SimulateRollout): Promise<RolloutSimulation> {
  permit(ctx, "planRollout");
  const { endpointId, plan, runs, metric } = SimulateRollout.parse(input);
  const { id } = await findEndpointById(ctx, endpointId);
  const simulation = await simulatePlan(plan, await readPlanTraffic(ctx, id, plan), { runs, metric });
  if (!simulation) {
    throw new DomainError(
      "conflict",
      "Nothing to simulate: the endpoint received no requests in the last day, or no guardrail has a recorded rate.",
    );
  }
  return simulation;
}

/** Maximum weight of the first step where little of an error budget is left. */
const smallWeight = 0.05;

/** Returns the error budgets' advice on a plan: that it would wait, or should start with less (docs/spec/slo.md section 7). */
function budgetAdvice({ steps }: RolloutPlan, { allow, reason, advice }: BudgetGate): PlanAdvice[] {
  const budget = { code: "budget" as const, metric: null, seconds: null };
  if (!allow) return [{ ...budget, step: null, words: reason }];
  const isSmall = (steps[0]?.weight ?? 0) <= smallWeight;
  return advice === null || isSmall ? [] : [{ ...budget, step: 0, words: advice }];
}
