import { expect, test } from "vitest";
import type { GuardrailEvidence } from "../../../serve/rollout/evidence/contract.ts";
import type { GuardrailMetric } from "../../../serve/rollout/plan/contract.ts";
import { describeRegression } from "./describe-regression.ts";

const seen = (metric: GuardrailMetric, words: string, logEWorse: number) =>
  ({ metric, logEWorse, fact: { words } }) as GuardrailEvidence;

const described = (guardrails: GuardrailEvidence[], violated: GuardrailMetric[] = []) =>
  describeRegression({ guardrails } as Parameters<typeof describeRegression>[0], violated);

test("names the guardrails that contribute most to a joint regression", () => {
  const all = "the guardrails jointly show a regression, though none of them individually";
  const labels = seen("label-errors", "label errors are undecided: 33% against 2%", 5.6);
  const spread = seen("output-shift", "the prediction distribution is undecided: changed by 8 points so far", 5.5);
  expect(described([seen("errors", "errors", 0), labels, spread, seen("slow", "slow", 3)])).toBe(
    `${all}: ${labels.fact?.words} and ${spread.fact?.words}`,
  );
  expect(described([seen("errors", "errors", 0.1)])).toBe(all);
});

test("describes a rollback by the facts of what was violated", () => {
  expect(described([seen("errors", "errors rose 4.1×", 5), seen("slow", "slow", 3)], ["errors"])).toBe(
    "errors rose 4.1×",
  );
});
