import { expect, test } from "vitest";
import { planOf, presets } from "#components/release/rollouts/plan/plan-draft.ts";
import { RolloutPlan } from "#server/serve/rollout/plan/contract.ts";
import { planName } from "./plan-name.ts";

test("names the preset that a stored plan equals, and any other one custom", () => {
  const stored = JSON.parse(JSON.stringify(RolloutPlan.parse(planOf(presets.fast.make()))));
  expect(planName(stored)).toBe("plan Fast");
  expect(planName({ ...stored, alpha: 0.02 })).toBe("a custom plan");
});
