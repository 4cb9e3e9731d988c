/** Plans that a rollout can start from; their steps and guardrails are those of the form that starts one. */
export const rolloutPlans = ["careful", "standard", "fast"] as const;
export type RolloutPlanName = (typeof rolloutPlans)[number];

export const rolloutPlanNames: Record<RolloutPlanName, string> = {
  careful: "Careful",
  standard: "Standard",
  fast: "Fast",
};
