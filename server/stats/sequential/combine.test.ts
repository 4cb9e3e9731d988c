import { expect, test } from "vitest";
import { blameLogE, combinedLogE, namedByEBh, pValueOf } from "./combine.ts";

const logEs = [3, 0.5, -1, -2];
const equal = logEs.map((logE) => ({ share: 0.25, logE }));

test("matches the worked example: four guardrails, no regression and none to blame", () => {
  expect(combinedLogE(equal)).toBeCloseTo(1.715484, 6);
  expect(Math.exp(blameLogE(0.05, 0.25))).toBeCloseTo(80, 9);
  expect(namedByEBh(logEs, 0.05)).toEqual([]);
});

test("detects a regression with combined evidence no later than with any guardrail alone", () => {
  const alone = equal.map((each, index) => (index === 0 ? { ...each, logE: blameLogE(0.05, 0.25) } : each));
  expect(combinedLogE(alone)).toBeGreaterThanOrEqual(-Math.log(0.05));
});

test("names a guardrail with e-BH beside a larger one that it would not name alone", () => {
  const [large, middle] = [Math.log(45), Math.log(41)];
  expect(namedByEBh([0, middle, large, -1], 0.05)).toEqual([1, 2]);
  expect(namedByEBh([0, middle, 0, -1], 0.05)).toEqual([]);
});

test("never returns a p-value above 1", () => {
  expect(pValueOf(-3)).toBe(1);
  expect(pValueOf(Math.log(50))).toBeCloseTo(0.02, 12);
});
