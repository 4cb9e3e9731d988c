import { expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { binned } from "./bins-testing.ts";
import { bandsOf, deviationsOf, metricsOf } from "./cell-metrics.ts";
import { countCells, expectedCells } from "./cells.ts";
import { drawnBands, drawnBandsOfBins } from "./drawn-bands.ts";
import { goldenRows } from "./lcg-testing.ts";
import { estimatedRanking, realisedRanking } from "./ranked-metrics.ts";
import { aucOfBins, cellsOfBins, expectedBins } from "./score-bins.ts";

// Source of all numbers: golden vector cbpe/lcg21, generated with NannyML 0.13.1 (commit 4c86ee35); sd and realised F1 by the formulas
// of docs/spec/drift.md section 11.2.
const { p, y } = goldenRows();
const estimated = expectedCells(p.map((probability) => ({ probability, isPredicted: probability >= 0.5 })));
const realised = countCells(y.map((truth, at) => ({ isPositive: truth === 1, isPredicted: (p[at] as number) >= 0.5 })));

function near(actual: number | null | undefined, expected: number): void {
  expect(actual).not.toBeNull();
  expect(Math.abs((actual as number) / expected - 1)).toBeLessThan(1e-9);
}

test("generates the golden rows from the recipe", () => {
  expect(p.slice(0, 2)).toEqual([0.14422147290174064, 0.9660391027518308]);
  expect(y.slice(0, 5)).toEqual([0, 1, 1, 1, 0]);
});

test("matches NannyML's estimated metrics to 1e-9", () => {
  near(estimated.truePositive, 791.2230111835771);
  near(estimated.falsePositive, 192.77698881642334);
  near(estimated.falseNegative, 191.23093885049298);
  near(estimated.trueNegative, 824.7690611495067);
  near(estimated.variancePositive, 130.88749957587498);
  near(estimated.varianceNegative, 130.23957082980684);
  const metrics = metricsOf(estimated);
  near(metrics.accuracy, 0.8079960361665418);
  near(metrics.precision, 0.8040884259995698);
  near(metrics.recall, 0.8053537890057222);
  near(metrics.f1, 0.8047206100807682);
  near(metrics.specificity, 0.8105471601772932);
  const ranking = estimatedRanking({ scores: p, outcomes: p });
  near(ranking.rocAuc, 0.8970824989200661);
  near(ranking.averagePrecision, 0.8963509087061909);
});

test("matches NannyML's realised metrics to 1e-9", () => {
  expect(realised).toEqual({ truePositive: 778, falsePositive: 206, falseNegative: 201, trueNegative: 815 });
  const metrics = metricsOf(realised);
  near(metrics.accuracy, 0.7965);
  near(metrics.precision, 0.790650406504065);
  near(metrics.recall, 0.7946884576098059);
  near(metrics.f1, 0.7926642893530311);
  near(metrics.specificity, 0.7982370225269344);
  near(realisedRanking({ scores: p, outcomes: y }).rocAuc, 0.8903536459578675);
});

test("matches the reference deviations and accuracy band to 1e-9", () => {
  const deviations = deviationsOf(estimated);
  near(deviations.accuracy, 0.008079713336586915);
  near(deviations.precision, 0.011626633620748386);
  near(deviations.recall, 0.0096257244485277);
  near(deviations.f1, 0.008376671664326579);
  near(deviations.specificity, 0.009357676895274575);
  const band = bandsOf(estimated).accuracy;
  near(band?.low, 0.7921600890214235);
  near(band?.high, 0.8238319833116601);
});

test("covers 95% of accuracies over 2,000 label draws with the band", () => {
  const band = bandsOf(estimated);
  const random = seededRandom(5);
  let [inside, insideF1] = [0, 0];
  for (let draw = 0; draw < 2000; draw += 1) {
    const drawn = metricsOf(
      countCells(p.map((probability) => ({ isPositive: random() < probability, isPredicted: probability >= 0.5 }))),
    );
    if (lies(drawn.accuracy, band.accuracy)) inside += 1;
    if (lies(drawn.f1, band.f1)) insideF1 += 1;
  }
  expect(inside / 2000).toBeGreaterThan(0.93);
  expect(inside / 2000).toBeLessThan(0.97);
  expect(insideF1 / 2000).toBeGreaterThan(0.93);
  expect(insideF1 / 2000).toBeLessThan(0.97);
});

test("matches row results from bins: cells exactly, AUC within 1e-5", () => {
  const bins = binned(p);
  const expected = expectedBins(bins);
  const cells = cellsOfBins(expected, 0.5);
  near(cells.truePositive, estimated.truePositive);
  near(cells.trueNegative, estimated.trueNegative);
  near(cells.variancePositive, estimated.variancePositive);
  near(cells.varianceNegative, estimated.varianceNegative);
  // docs/spec/drift.md section 11.6
  expect(aucOfBins(expected.count, expected.positive)).toBeCloseTo(0.8970825, 5);
  const { positive } = binned(p, y);
  expect(aucOfBins(bins.count, positive)).toBeCloseTo(0.8903536, 4);
});

test("covers the realised AUC with drawn bands, from bins about as from rows", () => {
  const rows = drawnBands({ scores: p, probabilities: p });
  const bins = drawnBandsOfBins(expectedBins(binned(p)));
  expect(lies(0.8903536459578675, rows.rocAuc)).toBe(true);
  expect(rows.rocAuc?.low).toBeCloseTo(bins.rocAuc?.low ?? 0, 2);
  expect(rows.rocAuc?.high).toBeCloseTo(bins.rocAuc?.high ?? 0, 2);
  expect(rows.averagePrecision?.low).toBeCloseTo(bins.averagePrecision?.low ?? 0, 2);
});

function lies(value: number | null, band: { low: number; high: number } | null): boolean {
  return value !== null && band !== null && value >= band.low && value <= band.high;
}
