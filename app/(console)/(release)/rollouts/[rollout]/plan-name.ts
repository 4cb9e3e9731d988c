import { isDeepStrictEqual } from "node:util";
import { planOf, presetKeys, presets } from "#components/release/rollouts/plan/plan-draft.ts";
import { RolloutPlan } from "#server/serve/rollout/plan/contract.ts";

/** Returns the name of the plan that a rollout follows: "plan Standard", or "a custom plan". */
export function planName(plan: RolloutPlan): string {
  const key = presetKeys.find((each) => isDeepStrictEqual(RolloutPlan.parse(planOf(presets[each].make())), plan));
  return key ? `plan ${presets[key].name}` : "a custom plan";
}
