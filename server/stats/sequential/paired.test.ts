import { expect, test } from "vitest";
import { pValueOf } from "./combine.ts";
import { accuracyDropLogE, evaluatePairs } from "./paired.ts";

test("30 losses to 12 wins are not yet conclusive", () => {
  const evidence = evaluatePairs({ onlyCandidateWrong: 30, onlyStableWrong: 12, agreed: 1000 }, 1);
  expect(evidence.logEWorse).toBeCloseTo(2.417458, 6);
  expect(pValueOf(evidence.logEWorse)).toBeCloseTo(0.089, 3);
});

test("few losses among many wins prove the candidate safe", () => {
  const evidence = evaluatePairs({ onlyCandidateWrong: 20, onlyStableWrong: 40, agreed: 0 }, 0.5);
  expect(evidence.logESafe).toBeGreaterThan(Math.log(20));
  expect(evidence.logEWorse).toBeLessThan(0);
});

test("a drop of 5 points is above an allowed 1, one of half a point is not", () => {
  expect(accuracyDropLogE({ onlyCandidateWrong: 25, onlyStableWrong: 0, agreed: 475 }, 0.01)).toBeGreaterThan(3);
  expect(accuracyDropLogE({ onlyCandidateWrong: 14, onlyStableWrong: 11, agreed: 475 }, 0.01)).toBeLessThan(1);
});
