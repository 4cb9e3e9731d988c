import { expect, test } from "vitest";
import { RolloutPlan } from "#server/serve/rollout/plan/contract.ts";
import { newGuardrail, nextStep, planErrors, planOf, presets } from "./plan-draft.ts";

test.each(presets.map(({ name, make }) => [name, make] as const))(
  "accepts the unchanged preset %s as a valid plan",
  (_, make) => {
    expect(RolloutPlan.safeParse(planOf(make())).error).toBeUndefined();
  },
);

test("sets both error rates of the strict preset to 1%", () => {
  expect(planOf((presets.find(({ name }) => name.startsWith("Strict")) ?? presets[0])?.make() as never)).toMatchObject({
    alpha: 0.01,
    beta: 0.01,
  });
});

test("converts percent and minutes to shares and seconds without losing 0.01%", () => {
  const draft = presets[1]?.make();
  if (!draft) throw new Error("There is no second plan.");
  const [first] = draft.steps;
  const steps = [{ ...first, weightPercent: 0.07, minMinutes: 0.1, maxMinutes: 1.5 }] as typeof draft.steps;
  expect(planOf({ ...draft, steps }).steps[0]).toMatchObject({ weight: 0.0007, minSeconds: 6, maxSeconds: 90 });
});

test("converts an empty field to null, and requires no verdict where none is possible", () => {
  const draft = presets[1]?.make();
  if (!draft) throw new Error("There is no second plan.");
  const guardrails = [newGuardrail("output-shift", { requiresVerdict: true, floorPercent: "" })];
  const plan = planOf({ ...draft, guardrails, slowMs: "" });
  expect(plan.slowMs).toBeNull();
  expect(plan.guardrails[0]).toMatchObject({ floor: null, requiresVerdict: false });
});

test("gives a new step a higher weight than the previous one, and locates errors of the plan", () => {
  const draft = presets[1]?.make();
  expect(nextStep(draft?.steps ?? []).weightPercent).toBe(95);
  expect(planErrors({ "plan.steps.0.weight": "Too much.", reason: "Say why." })).toEqual({
    "steps.0.weight": "Too much.",
  });
});
