import { expect, test } from "vitest";
import { standardTiers } from "#server/watch/slo/engine/standard-rules.ts";
import { ruleSteps } from "./rule-steps.ts";

const at = new Date(0);
const [tier] = standardTiers({ kind: "rolling", days: 30 });

test("shows both burn rates, factor, cap and gate probability of an SLO that does not fire", () => {
  const reading = {
    tier,
    factor: 14.4,
    isCapped: false,
    long: 16.7,
    short: 20,
    bad: 2,
    total: 10,
    chance: 0.0043,
    passesGate: false,
    isFiring: false,
  };
  const steps = ruleSteps([{ part: "page", state: "inactive", trace: { tiers: [reading] }, evaluatedAt: at }], null);
  expect(steps.map(({ stage, result }) => `${stage}: ${result.replaceAll("\u00a0", " ")}`)).toEqual([
    "rule: page: inactive",
    "rule: 60 and 5 min: burn rates 16.7 and 20, threshold 14.4, 2 bad of 10: does not fire",
    "gate: 60 min: 0.43% probability if the target were met exactly: could be chance, so it is suppressed",
  ]);
});

test("describes other rules in their own words", () => {
  const trace = { words: "p95 is 120 ms, above 100 ms", labels: { a: "b" } };
  const steps = ruleSteps([{ part: "", state: "firing", trace, evaluatedAt: at }], "/alerts/rules/1");
  expect(steps).toEqual([
    { stage: "rule", result: "firing: p95 is 120 ms, above 100 ms", href: "/alerts/rules/1", at },
  ]);
});
