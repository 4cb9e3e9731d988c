import { expect, test } from "vitest";
import type { GuardrailEvidence } from "../../../serve/rollout/evidence/contract.ts";
import type { GuardrailMetric } from "../../../serve/rollout/plan/contract.ts";
import { describeRegression } from "./describe-regression.ts";

const seen = (metric: GuardrailMetric, events: [stable: number, canary: number], logEWorse: number) =>
  ({
    metric,
    logEWorse,
    maxLogEWorse: logEWorse,
    logThreshold: 6.2,
    floor: null,
    verdict: "collecting",
    stable: { units: 100, events: events[0], mean: null },
    canary: { units: 100, events: events[1], mean: null },
    pairs: { units: 0, onlyCanary: 0, onlyStable: 0 },
    ratio: { estimate: null, low: null, high: null },
  }) as GuardrailEvidence;

const words = (guardrails: GuardrailEvidence[]) =>
  describeRegression({ guardrails } as Parameters<typeof describeRegression>[0], [], "digits v3");

test("names the guardrails that contribute most to a joint regression", () => {
  const all = "the guardrails jointly show a regression, though none of them individually";
  const labels = seen("label-errors", [2, 33], 5.6);
  const spread = seen("output-shift", [100, 100], 5.5);
  expect(words([seen("errors", [1, 1], 0), labels, spread, seen("slow", [5, 6], 3)])).toBe(
    `${all}: label errors rose 17× and the prediction distribution of the new version differs from that of digits v3`,
  );
  expect(words([seen("errors", [1, 1], 0.1)])).toBe(all);
});
