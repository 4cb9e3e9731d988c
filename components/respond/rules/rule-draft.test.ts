import { expect, test } from "vitest";
import type { AlertRule } from "#server/respond/rules/contract.ts";
import { draftOf, specOf } from "./rule-draft.ts";

const rule = (spec: AlertRule["spec"]) => ({ name: "x", spec, severity: "page" }) as AlertRule;

test("shows shares in percent and stores them as fractions", () => {
  const spec = {
    kind: "threshold",
    metric: "error-rate",
    op: ">",
    value: 0.035,
    windowMinutes: 10,
    forMinutes: 2,
  } as const;
  const draft = draftOf(rule(spec));
  expect(draft.value).toBe("3.5");
  expect(specOf(draft)).toEqual({ ...spec, value: expect.closeTo(0.035, 12) });
});

test("round-trips every kind through the form", () => {
  const specs: AlertRule["spec"][] = [
    { kind: "absent", windowMinutes: 15 },
    { kind: "rollout", on: ["held", "promoted"], onHoldMinutes: 90 },
    { kind: "run-health", findings: ["diverging"], experimentId: 3 },
    { kind: "budget", below: -0.25 },
    { kind: "spend", on: ["spent", "unusual"], spentShare: 0.75 },
    {
      kind: "labels",
      on: ["errors", "idle"],
      projectId: 7,
      alphaBelow: 0.8,
      errorShare: 0.055,
      idleHours: 24,
    },
    { kind: "training", on: ["unsaved", "budget"], budgetShare: 0.8 },
    { kind: "platform", on: ["queue-stuck"] },
  ];
  for (const spec of specs) expect(specOf(draftOf(rule(spec)), spec)).toEqual(spec);
});

test("parses an empty limit as NaN instead of 0", () => {
  expect(specOf({ ...draftOf(), value: "" })).toMatchObject({ value: Number.NaN });
});
