import { expect, test } from "vitest";
import { RetrainingPolicy } from "../contract.ts";
import type { RetrainingOutcome } from "./contract.ts";
import { describeGains } from "./describe-gains.ts";
import { type EndedCycle, sumGains } from "./sum-gains.ts";

const outcome = (difference: number | null, of: Partial<RetrainingOutcome> = {}): RetrainingOutcome => ({
  verdict: difference === null ? "not-known" : difference > 0 ? "helped" : "harmed",
  metric: difference === null ? null : "accuracy",
  compared: difference === null ? null : "rollout",
  champion: 0.91,
  candidate: 0.913,
  difference,
  low: difference,
  high: difference,
  rows: 400,
  cost: 35,
  currency: "EUR",
  dataAgeDays: 1,
  words: "",
  at: "2026-06-17T00:00:00.000Z",
  ...of,
});
const rejected: EndedCycle = { trigger: "drift", isAdopted: false, outcome: null, job: { cost: 35, currency: "EUR" } };
const adopted = (difference: number | null): EndedCycle => {
  return { ...rejected, isAdopted: true, outcome: outcome(difference) };
};
const inVain = [adopted(0.003), ...Array.from({ length: 5 }, () => rejected)];
const triggersOf = (...triggers: (typeof RetrainingPolicy._input)["triggers"]) =>
  RetrainingPolicy.parse({ triggers }).triggers;
const quality = { kind: "quality" as const, source: "realised" as const, metric: "accuracy", below: 0.91 };

test("says of a trigger that it starts trainings in vain, and which condition to add", () => {
  const words = describeGains(sumGains(inVain), triggersOf({ kind: "drift" }), outcome(0.003));
  expect(words).toBe(
    "Drift started 6 trainings, 1 was adopted and gained 0.3 points of accuracy; €210. Add 'accuracy below 0.91' to the conditions.",
  );
  expect(describeGains(sumGains(inVain), triggersOf({ kind: "drift" }), null)).toMatch(
    /Add a limit of quality to the conditions\.$/,
  );
});

test("names the trigger that did better, and says nothing of a few cycles", () => {
  const better = { ...adopted(0.01), trigger: "quality" as const };
  const both = describeGains(sumGains([...inVain, better, better]), triggersOf({ kind: "drift" }, quality), null);
  expect(both).toMatch(
    / Quality did better: 2 of 2 adopted\. Wait for 'accuracy below 0\.91' too, or remove the other\.$/,
  );
  const few = describeGains(sumGains(inVain.slice(3)), triggersOf({ kind: "drift" }), null);
  expect(few).toBe("The policy started 3 trainings, none was adopted; €105.");
  expect(describeGains(sumGains([]), [], null)).toBe("No cycle has ended yet.");
});

test("adds up all measured differences, and the cost of all cycles", () => {
  const other = adopted(2);
  const error = { ...other, outcome: outcome(2, { metric: "meanAbsoluteError" }) };
  const gains = sumGains([adopted(0.02), adopted(-0.005), adopted(null), error, rejected]);
  expect(gains).toMatchObject({
    cycles: 5,
    adopted: 4,
    helped: 2,
    harmed: 1,
    notKnown: 1,
    metric: "accuracy",
    cost: 175,
  });
  expect(gains.gained?.sum).toBeCloseTo(0.015, 9);
  expect(gains.gained?.mean).toBeCloseTo(0.0075, 9);
  expect(gains.costPerPoint).toBeCloseTo(175 / 1.5, 6);
  const unpriced = sumGains([adopted(0.02), { ...rejected, job: { cost: null, currency: null } }]);
  expect(unpriced).toMatchObject({ cost: null, currency: null, costPerPoint: null });
});
