import { expect, test } from "vitest";
import { nbsp, noValue } from "#components/ui/format.ts";
import type { RetrainingOutcome } from "#server/improve/retraining/outcome/contract.ts";
import { outcomeText, signedDifference } from "./outcome-text.ts";

const helped: RetrainingOutcome = {
  verdict: "helped",
  metric: "accuracy",
  compared: "rollout",
  champion: 0.9,
  candidate: 0.912,
  difference: 0.012,
  low: -0.001,
  high: 0.016,
  rows: 400,
  cost: null,
  currency: null,
  dataAgeDays: 3,
  words: "",
  at: "2026-06-17T00:00:00.000Z",
};

test("formats shares in points and errors in their unit, with sign and interval", () => {
  expect(outcomeText(helped)).toBe(`+1.2${nbsp}pp (−0.1 to +1.6${nbsp}pp)`);
  expect(outcomeText({ ...helped, metric: "meanAbsoluteError", difference: 2, low: 1, high: 3 })).toBe("+2 (+1 to +3)");
});

test("says that it is not known without numbers", () => {
  const unknown = { ...helped, verdict: "not-known" as const, metric: null, difference: null, low: null, high: null };
  expect(outcomeText(unknown)).toBe("Unknown");
  expect(signedDifference(null, null)).toBe(noValue);
});
