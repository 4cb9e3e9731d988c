import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { betaBinomialTail } from "../../beta-binomial.ts";
import { chiSquareQuantile, chiSquareTail } from "../../chi-square.ts";
import { fQuantile } from "../../f-distribution.ts";
import { hypergeometricTail } from "../../hypergeometric.ts";
import { type GoldenSide, goldenLevels, goldenNumbers } from "../golden-data.ts";
import { alphaOf, benjaminiHochberg } from "../multiplicity.ts";
import { binnedKs, binnedWasserstein } from "./binned-distances.ts";
import { countsTest } from "./counts-test.ts";
import { chiSquareLine, smoothedPsi, twoSampleChiSquare } from "./distances.ts";
import { quantileEdges, tally } from "./quantile-edges.ts";
import { outOfRangeTest, unseenTest } from "./share-tests.ts";

interface Golden {
  datasets: Record<string, { type: string; reference: GoldenSide; current: GoldenSide }>;
  leeway: {
    id: string;
    dataset: string;
    edges?: number[];
    reference_counts: number[];
    current_counts: number[];
    df: number;
    x2: number;
    p_value: number;
    psi_smoothed: number;
    psi_threshold: Record<string, number>;
  }[];
  ert_alpha: {
    weeks_per_false_alarm: number;
    windows_per_week: number;
    tests_per_window: number;
    alpha: number;
    chi2_quantile_df9: number;
    chi2_quantile_df19: number;
  }[];
  special_functions: {
    chi2_isf: { df: number; alpha: number; x: number }[];
    f_isf: { df1: number; df2: number; alpha: number; x: number }[];
  };
}

const golden: Golden = JSON.parse(readFileSync(new URL("../golden-drift.json", import.meta.url), "utf8"));

/** Expects a relative distance of at most the golden file's. */
function near(value: number, expected: number, relative = 1e-9) {
  expect(Math.abs(value - expected) / Math.abs(expected)).toBeLessThanOrEqual(relative);
}

function sides(id: string) {
  const dataset = golden.datasets[id];
  if (!dataset) throw new Error(`There is no golden dataset ${id}.`);
  return { reference: goldenNumbers(dataset.reference), current: goldenNumbers(dataset.current) };
}

const quantileCases = golden.leeway.filter((vector) => vector.edges);
test.each(quantileCases)("$id: matches the golden edges, counts, chi-square, PSI and thresholds", (vector) => {
  const { reference, current } = sides(vector.dataset);
  const edges = quantileEdges(Float64Array.from(reference).sort(), 10);
  expect(edges).toHaveLength(vector.edges?.length ?? 0);
  edges.forEach((edge, index) => {
    expect(edge).toBeCloseTo(vector.edges?.[index] ?? Number.NaN, 12);
  });
  const counts = { reference: tally(reference, edges), current: tally(current, edges) };
  expect(counts).toEqual({ reference: vector.reference_counts, current: vector.current_counts });
  const x2 = twoSampleChiSquare(counts.reference, counts.current);
  near(x2, vector.x2);
  near(chiSquareTail(x2, vector.df), vector.p_value);
  near(smoothedPsi(counts.reference, counts.current), vector.psi_smoothed);
  for (const [alpha, line] of Object.entries(vector.psi_threshold)) {
    near(chiSquareLine({ reference: reference.length, current: current.length }, vector.df, Number(alpha)), line);
  }
});

test.each(golden.leeway.filter((vector) => vector.id.endsWith("two_sample_x2")))("$id", (vector) => {
  const dataset = golden.datasets[vector.dataset];
  if (!dataset) throw new Error("no dataset");
  const levels = [...new Set(goldenLevels(dataset.reference))];
  const count = (side: GoldenSide) =>
    levels.map((level) => goldenLevels(side).reduce((sum, value) => sum + (value === level ? 1 : 0), 0));
  const found = countsTest({ reference: count(dataset.reference), current: count(dataset.current), alpha: 0.01 });
  near(found.chiSquare ?? Number.NaN, vector.x2);
  near(chiSquareTail(found.chiSquare ?? Number.NaN, found.degrees), vector.p_value);
  // Its exact null is near the chi-square one: these tables have many rows in every cell.
  if (vector.p_value > 1e-9) near(found.pValue, vector.p_value, 0.25);
  expect(found.degrees).toBe(vector.df);
});

test("tests unseen levels against levels seen once in the reference", () => {
  const none = { twice: 0, reference: [], current: [], alpha: 0.01 };
  near(unseenTest({ ...none, unseen: 5, rows: 100, once: 3, referenceRows: 1000 }).pValue, 0.0002531958466113945);
  const many = unseenTest({ ...none, unseen: 84, rows: 2000, once: 0, referenceRows: 2000 });
  near(many.pValue, 2.1227266039896357e-26, 1e-7);
  expect(many.isDrift).toBe(true);
  expect(hypergeometricTail(0, { total: 10, marked: 5, drawn: 5 })).toBe(1);
});

test("tests out-of-range values with the beta-binomial distribution", () => {
  near(outOfRangeTest({ outside: 3, rows: 100, referenceRows: 1000, alpha: 0.01 }).pValue, 0.0027298, 1e-4);
  near(betaBinomialTail(5, 500, { a: 2, b: 4999 }), 3.3836e-5, 1e-4);
  // P(X = 0) = Π (b + i) / (a + b + i).
  let none = 1;
  for (let row = 0; row < 100; row += 1) none *= (4999 + row) / (5001 + row);
  near(betaBinomialTail(1, 100, { a: 2, b: 4999 }), 1 - none);
});

test.each(golden.ert_alpha)("computes α for $weeks_per_false_alarm weeks and $tests_per_window tests", (row) => {
  const alpha = alphaOf({
    weeks: row.weeks_per_false_alarm,
    windowsPerWeek: row.windows_per_week,
    tests: row.tests_per_window,
  });
  near(alpha, row.alpha, 1e-7);
  near(chiSquareQuantile(alpha, 9), row.chi2_quantile_df9, 1e-7);
  near(chiSquareQuantile(alpha, 19), row.chi2_quantile_df19, 1e-7);
});

test("reduces the alarm budget to a twentieth for a quiet period at 95% confidence", () => {
  const one = { weeks: 4, windowsPerWeek: 168, tests: 30 };
  near(alphaOf({ ...one, isStrict: true }) / alphaOf(one), 0.0513, 1e-3);
  near(alphaOf({ ...one, share: 0.1 }) / alphaOf(one), 0.1, 1e-12);
});

test.each(golden.special_functions.chi2_isf)(
  "computes the χ² quantile of $df degrees at $alpha",
  ({ df, alpha, x }) => {
    near(chiSquareQuantile(alpha, df), x, 1e-12);
  },
);

test.each(golden.special_functions.f_isf)(
  "computes the F quantile of $df1 and $df2 degrees",
  ({ df1, df2, alpha, x }) => {
    near(fQuantile(alpha, df1, df2), x, 1e-10);
  },
);

test("selects the drifted features of a window with Benjamini–Hochberg", () => {
  expect(benjaminiHochberg([0.2, 0.001, 0.6, 0.04, 0.015], 0.1)).toEqual([1, 4, 3]);
  expect(benjaminiHochberg([0.5, 0.9], 0.1)).toEqual([]);
  // The largest i counts, even where a smaller one is above its limit.
  expect(benjaminiHochberg([0.06, 0.06], 0.1)).toEqual([0, 1]);
});

test("matches raw values from 512 bins to 2% for Wasserstein and 0.0011 for KS", () => {
  for (const [id, exact, ks] of [
    ["num_large_shift", 0.13575399445104872, 0.05293333333333333],
    ["num_small_shift", 0.27190260870223554, 0.1135],
  ] as const) {
    const { reference, current } = sides(id);
    const edges = quantileEdges(Float64Array.from(reference).sort(), 512);
    const binned = { reference: tally(reference, edges), current: tally(current, edges) };
    const all = [...reference, ...current];
    const range = { min: Math.min(...all), max: Math.max(...all) };
    const mean = reference.reduce((sum, value) => sum + value, 0) / reference.length;
    const deviation = Math.sqrt(reference.reduce((sum, value) => sum + (value - mean) ** 2, 0) / reference.length);
    near(binnedWasserstein(binned, { edges, range }) / deviation, exact, 0.02);
    const { d, slack } = binnedKs(binned);
    expect(d).toBeLessThanOrEqual(ks + 1e-12);
    expect(d).toBeGreaterThan(ks - 0.0011);
    expect(d + slack).toBeGreaterThanOrEqual(ks);
  }
});
