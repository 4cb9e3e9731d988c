import { expect, test } from "vitest";
import { chiSquareTail } from "#server/stats/chi-square.ts";
import { type CalibratedTest, netOfNoise, psiScale } from "#server/stats/drift/calibrated/calibrated-test.ts";
import { chiSquareLine } from "#server/stats/drift/calibrated/distances.ts";
import { alphaOf } from "#server/stats/drift/multiplicity.ts";
import {
  disagreement,
  dispersionSentence,
  driftWord,
  type EvaluatedFeature,
  featureSentence,
  smallReference,
  tooFewRows,
} from "./sentences.ts";

const alpha = alphaOf({ weeks: 4, windowsPerWeek: 168, tests: 30 });

function evaluated(feature: string, psi: number, rows: number, more: Partial<EvaluatedFeature> = {}): EvaluatedFeature {
  const referenceRows = more.referenceRows ?? 5000;
  const scale = psiScale(referenceRows, rows);
  const line = chiSquareLine({ reference: referenceRows, current: rows }, 9, alpha);
  const found: CalibratedTest = {
    statistic: psi,
    line,
    pValue: chiSquareTail(psi / scale, 9),
    degrees: 9,
    isDrift: psi > line,
    method: "chi-square",
    psi,
    psiNet: netOfNoise(psi, 9, scale),
  };
  return { feature, referenceRows, rows, test: found, materialityFloor: 0.01, weeksPerFalseAlarm: 4, ...more };
}

test("explains a changed feature with threshold, rows and budget where a fixed threshold is silent", () => {
  const amount = evaluated("amount", 0.055, 1000);
  const fixed = { method: "psi", kind: "distance", score: 0.055, threshold: 0.1, isDrift: false } as const;
  expect(disagreement(amount, fixed)).toBe(
    "`amount` changed: PSI 0.055 exceeds this window's threshold of 0.043 (5,000 reference rows, 1,000 rows in the window, at most one false alarm per 4 weeks). Evidently's fixed 0.1 would not report it: that value is suited to windows of about 380 rows here.",
  );
});

test("explains the normal range for few rows where a fixed threshold fires on noise", () => {
  const fixed = { method: "psi", kind: "distance", score: 0.14, threshold: 0.1, isDrift: true } as const;
  expect(disagreement(evaluated("amount", 0.14, 100), fixed)).toBe(
    "Evidently reports drift (PSI 0.14 ≥ 0.1), Leeway does not: with only 100 rows, values up to 0.36 are normal. At 400 rows the threshold would be 0.096.",
  );
});

test("explains that Evidently's chi-square ignores the sampling error of the reference", () => {
  const quiet = evaluated("plan", 0, 500, { referenceRows: 500 });
  const found = { ...quiet, test: { ...quiet.test, pValue: 0.13838 } };
  const fixed = { method: "chisquare", kind: "p-value", score: 0.03276, threshold: 0.05, isDrift: true } as const;
  expect(disagreement(found, fixed)).toBe(
    "Evidently's chi-squared test treats the 500 reference rows as exact (p = 0.033). A proper two-sample test gives p = 0.14.",
  );
});

test("explains nothing where both methods agree", () => {
  const fixed = { method: "psi", kind: "distance", score: 0.5, threshold: 0.1, isDrift: true } as const;
  expect(disagreement(evaluated("amount", 0.5, 1000), fixed)).toBeUndefined();
  expect(disagreement(evaluated("amount", 0.001, 1000), { ...fixed, score: 0.001, isDrift: false })).toBeUndefined();
});

test("describes a significant but irrelevant difference as too small to matter", () => {
  const age = evaluated("age", 0.0026, 2_000_000, { referenceRows: 100_000 });
  expect(driftWord(age)).toBe("different, but too small to matter");
  expect(featureSentence(age)).toBe(
    "`age` differs (p < 0.0001) by about 0.05 standard deviations: too small to matter.",
  );
});

test("says what moved where the order of the values found it, and what cannot be tested", () => {
  const amount = evaluated("amount", 0.031, 1000);
  const ordered = { statistic: 14, pValue: 3e-7, shift: 5.1 };
  const found = { ...amount, test: { ...amount.test, isDrift: true, pValue: 4e-7, ordered } };
  expect(featureSentence(found)).toBe(
    "`amount` changed: its values are larger (p < 0.0001 by their order, 5,000 reference rows, 1,000 rows in the window, at most one false alarm per 4 weeks); PSI alone, 0.031, is below its threshold of 0.043.",
  );
  const fixed = { method: "psi", kind: "distance", score: 0.031, threshold: 0.1, isDrift: false } as const;
  expect(disagreement(found, fixed)).toBe(`${featureSentence(found)} Evidently's fixed 0.1 would not report it.`);
  const id = evaluated("id", 0, 1000);
  const none = { ...id, test: { ...id.test, method: "no-test", isDrift: false } as const };
  expect(driftWord(none)).toBe("cannot be tested");
  expect(featureSentence(none)).toBe("`id` cannot be tested: nearly all values are alike, or each is rare.");
  expect(disagreement(none, { ...fixed, score: 0.3, isDrift: true })).toBe(
    "Evidently reports drift (PSI 0.3 ≥ 0.1). `id` cannot be tested: nearly all values are alike, or each is rare.",
  );
  const same = { ...id, test: { ...id.test, method: "constant", isDrift: false } as const };
  expect(driftWord(same)).toBe("about the same");
  expect(featureSentence(same)).toBe("`id` has the same single value on both sides.");
});

test("describes few rows, small references and dispersed windows", () => {
  expect(tooFewRows(37)).toBe("37 rows: at least 50 needed for a result.");
  expect(smallReference({ referenceRows: 1200, rows: 900 })).toBe(
    "The reference (1,200 rows) is small for this window (900 rows); the same feature may trigger repeated alerts.",
  );
  expect(smallReference({ referenceRows: 9000, rows: 900 })).toBeUndefined();
  expect(dispersionSentence("fare", 2.4)).toContain("vary 2.4 times");
  expect(dispersionSentence("fare", 1.9)).toBeUndefined();
  const few = evaluated("amount", 0, 37);
  const none = { ...few, test: { ...few.test, method: "too-few-rows", isDrift: false } as const };
  expect(driftWord(none)).toBe("not enough data");
  const fixed = { method: "psi", kind: "distance", score: 0.4, threshold: 0.1, isDrift: true } as const;
  expect(disagreement(none, fixed)).toBe(
    "Evidently reports drift (PSI 0.4 ≥ 0.1). 37 rows: at least 50 needed for a result.",
  );
});
