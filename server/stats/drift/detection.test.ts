import { expect, test } from "vitest";
import { normalFrom, seededRandom } from "../random.ts";
import { countsTest } from "./calibrated/counts-test.ts";
import { decisionBins, regroup } from "./calibrated/decision-bins.ts";
import { dispersion } from "./calibrated/dispersion.ts";
import { twoSampleChiSquare } from "./calibrated/distances.ts";
import { histogramTest } from "./calibrated/histogram-test.ts";
import { psiTest } from "./calibrated/psi-test.ts";
import { quantileEdges, tally } from "./calibrated/quantile-edges.ts";
import { multinomial } from "./quiet-weeks.ts";

/** Returns the share of windows detected, each with a separate reference. */
function found(options: { shift: (value: number) => number; spread: number; runs: number; seed: number }) {
  const random = seededRandom(options.seed);
  let hits = 0;
  for (let run = 0; run < options.runs; run += 1) {
    const draw = () => Math.exp(options.spread * normalFrom(random));
    const sorted = Float64Array.from({ length: 5000 }, draw).sort();
    const edges = quantileEdges(sorted, 512);
    const current = tally(
      Float64Array.from({ length: 500 }, () => options.shift(draw())),
      edges,
    );
    if (histogramTest({ reference: tally(sorted, edges), current, alpha: 0.01, seed: String(run) }).isDrift) hits += 1;
  }
  return hits / options.runs;
}

test("detects amounts that grew by half, which fixed PSI and Jensen–Shannon thresholds miss", () => {
  // docs/spec/drift.md section 4 lists 94 to 96% at 1% for a lognormal feature (σ = 1.5), 5,000 reference rows and 500 rows.
  expect(found({ shift: (value) => 1.5 * value, spread: 1.5, runs: 400, seed: 3 })).toBeGreaterThanOrEqual(0.94);
  expect(found({ shift: (value) => value, spread: 1.5, runs: 400, seed: 4 })).toBeLessThan(0.025);
});

test("detects a mean shift of 0.12 standard deviations at 3,000 rows, and none for 0", () => {
  // docs/spec/drift.md section 6.1: PSI is about δ² and noise; golden case num_large_shift.
  const reference = new Array<number>(10).fill(500);
  const shifted = [228, 265, 276, 278, 329, 275, 325, 314, 324, 386];
  const result = psiTest({ reference, current: shifted, alpha: 1e-4 });
  expect(result).toMatchObject({ isDrift: true, degrees: 9, method: "chi-square" });
  expect(result.psiNet).toBeCloseTo(0.0144, 3);
  expect(psiTest({ reference, current: [476, 505, 515, 486, 527, 473, 499, 504, 544, 471], alpha: 0.5 }).isDrift).toBe(
    false,
  );
});

test("alarms on grouped rows in a third of windows if assumed independent, but in 1% with dispersion", () => {
  const random = seededRandom(7);
  const shares = new Array<number>(10).fill(0.1);
  const grouped = () => multinomial(shares, 500, random).map((count) => 2 * count);
  const reference = Array.from({ length: 30 }, grouped);
  const all = shares.map((_, bin) => reference.reduce((sum, window) => sum + (window[bin] ?? 0), 0));
  const spread = dispersion(reference);
  expect(spread?.phi).toBeGreaterThan(1.6);
  expect(spread?.phi).toBeLessThan(2.5);
  const runs = 1500;
  let [plain, corrected] = [0, 0];
  for (let run = 0; run < runs; run += 1) {
    const window = { reference: all, current: grouped(), alpha: 0.01 };
    if (countsTest(window).isDrift) plain += 1;
    if (countsTest({ ...window, dispersion: spread }).isDrift) corrected += 1;
  }
  expect(plain / runs).toBeGreaterThan(0.15);
  expect(corrected / runs).toBeLessThan(0.02);
  expect(dispersion(reference.slice(0, 9))).toBeUndefined();
});

test("keeps threshold and drift state consistent for either null distribution", () => {
  const random = seededRandom(9);
  const methods = new Set<string>();
  for (let run = 0; run < 600; run += 1) {
    const shares = run % 2 === 0 ? [0.5, 0.5] : [0.5, 0.3, 0.2];
    const [reference, current] = [multinomial(shares, 60, random), multinomial(shares, 50, random)];
    const result = countsTest({ reference, current, alpha: 0.05, seed: String(run) });
    methods.add(result.method);
    expect(result.isDrift).toBe(result.statistic > result.line);
    expect(countsTest({ reference, current, alpha: 0.05, seed: String(run) })).toEqual(result);
  }
  expect(methods).toEqual(new Set(["chi-square", "exact", "monte-carlo", "permutation"]));
});

test("groups decision bins by index with 512 bins, and by share where edges coincide", () => {
  const even = new Array<number>(512).fill(10);
  expect(decisionBins(even, 10)).toEqual([51, 102, 154, 205, 256, 307, 358, 410, 461, 512]);
  expect(regroup(even, decisionBins(even, 10))).toEqual([510, 510, 520, 510, 510, 510, 510, 520, 510, 510]);
  // Half of the rows have the same value: it forms one bin, without empty groups beside it.
  expect(decisionBins([50, 10, 10, 10, 10, 10], 10)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(decisionBins([0, 0, 5], 10)).toEqual([3]);
  expect(twoSampleChiSquare([10, 0], [5, 0])).toBeCloseTo(0, 12);
});

test("joins rare levels that the reference could have missed, with those that it did", () => {
  const rare = countsTest({ reference: [90, 4, 3, 3], current: [90, 4, 3, 3], alpha: 0.01 });
  expect(rare).toMatchObject({ degrees: 1, isDrift: false });
  expect(countsTest({ reference: [98, 1, 1], current: [98, 1, 1], alpha: 0.01 })).toMatchObject({ degrees: 1 });
  // Levels the reference never had are part of "other".
  expect(countsTest({ reference: [100, 0], current: [50, 0], unseen: 50, alpha: 0.001 }).isDrift).toBe(true);
});
