import { expect, test } from "vitest";
import { rolloutPlans } from "#server/platform/teams/constants.ts";
import { RolloutPlan } from "#server/serve/rollout/plan/contract.ts";
import { differencesOf, newGuardrail, nextStep, planErrors, planOf, presets } from "./plan-draft.ts";

test.each(rolloutPlans)("accepts the unchanged preset %s as a valid plan", (key) => {
  expect(RolloutPlan.safeParse(planOf(presets[key].make())).error).toBeUndefined();
});

test("risks more false rollbacks and starts with a greater share, the faster a preset is", () => {
  const plans = rolloutPlans.map((key) => planOf(presets[key].make()));
  expect(plans.map(({ alpha, beta }) => [alpha, beta])).toEqual([0.01, 0.05, 0.1].map((rate) => [rate, rate]));
  expect(plans.map(({ steps }) => steps[0]?.weight)).toEqual([0.01, 0.05, 0.25]);
});

test("names the parts in which a plan differs from another one, and none for an unchanged one", () => {
  const { make } = presets.standard;
  expect(differencesOf(make(), make())).toEqual([]);
  expect(differencesOf({ ...make(), watchMinutes: 10, slowMs: 80 }, make())).toEqual(["slow threshold", "monitoring"]);
  expect(differencesOf(presets.fast.make(), make())).toEqual(["steps", "false rollback rate"]);
});

test("converts percent and minutes to shares and seconds without losing 0.01%", () => {
  const draft = presets.standard.make();
  const [first] = draft.steps;
  const steps = [{ ...first, weightPercent: 0.07, minMinutes: 0.1, maxMinutes: 1.5 }] as typeof draft.steps;
  expect(planOf({ ...draft, steps }).steps[0]).toMatchObject({ weight: 0.0007, minSeconds: 6, maxSeconds: 90 });
});

test("converts an empty field to null, and requires no verdict where none is possible", () => {
  const draft = presets.standard.make();
  const guardrails = [newGuardrail("output-shift", { requiresVerdict: true, floorPercent: "" })];
  const plan = planOf({ ...draft, guardrails, slowMs: "" });
  expect(plan.slowMs).toBeNull();
  expect(plan.guardrails[0]).toMatchObject({ floor: null, requiresVerdict: false });
});

test("gives a new step a higher weight than the previous one, and locates errors of the plan", () => {
  const draft = presets.standard.make();
  expect(nextStep(draft.steps).weightPercent).toBe(95);
  expect(planErrors({ "plan.steps.0.weight": "Too much.", reason: "Say why." })).toEqual({
    "steps.0.weight": "Too much.",
  });
});
