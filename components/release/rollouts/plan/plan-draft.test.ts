import { expect, test } from "vitest";
import { RolloutPlan } from "#server/serve/rollout/plan/contract.ts";
import { newGuardrail, nextStep, planErrors, planOf, presets } from "./plan-draft.ts";

test.each(presets.map(({ name, make }) => [name, make] as const))("the plan %s holds together as it is", (_, make) => {
  expect(RolloutPlan.safeParse(planOf(make())).error).toBeUndefined();
});

test("what is strict has both chances at one percent", () => {
  expect(planOf((presets.find(({ name }) => name.startsWith("Strict")) ?? presets[0])?.make() as never)).toMatchObject({
    alpha: 0.01,
    beta: 0.01,
  });
});

test("percents and minutes become shares and seconds without losing the hundredth of a percent", () => {
  const draft = presets[1]?.make();
  if (!draft) throw new Error("There is no second plan.");
  const [first] = draft.steps;
  const steps = [{ ...first, weightPercent: 0.07, minMinutes: 0.1, maxMinutes: 1.5 }] as typeof draft.steps;
  expect(planOf({ ...draft, steps }).steps[0]).toMatchObject({ weight: 0.0007, minSeconds: 6, maxSeconds: 90 });
});

test("an empty field is null where that means something, and no proof is waited for that cannot be", () => {
  const draft = presets[1]?.make();
  if (!draft) throw new Error("There is no second plan.");
  const guardrails = [newGuardrail("output-shift", { requiresVerdict: true, floorPercent: "" })];
  const plan = planOf({ ...draft, guardrails, slowMs: "" });
  expect(plan.slowMs).toBeNull();
  expect(plan.guardrails[0]).toMatchObject({ floor: null, requiresVerdict: false });
});

test("a new step takes more than the one before, and complaints are found below the plan", () => {
  const draft = presets[1]?.make();
  expect(nextStep(draft?.steps ?? []).weightPercent).toBe(95);
  expect(planErrors({ "plan.steps.0.weight": "Too much.", reason: "Say why." })).toEqual({
    "steps.0.weight": "Too much.",
  });
});
