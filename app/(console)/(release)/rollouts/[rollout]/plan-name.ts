import { isDeepStrictEqual } from "node:util";
import { planOf, presets } from "#components/release/rollouts/plan/plan-draft.ts";
import { rolloutPlans } from "#server/platform/teams/constants.ts";
import { RolloutPlan } from "#server/serve/rollout/plan/contract.ts";

/** Returns the name of the plan that a rollout follows: "plan Standard", or "a custom plan". */
export function planName(plan: RolloutPlan): string {
  const key = rolloutPlans.find((each) => isDeepStrictEqual(RolloutPlan.parse(planOf(presets[each].make())), plan));
  return key ? `plan ${presets[key].name}` : "a custom plan";
}
