import { expect, test } from "vitest";
import {
  crossing,
  evidenceAxis,
  evidenceCurve,
  pathOf,
  provedMetrics,
  stepSpans,
  unitRates,
} from "./evidence-series.ts";
import { forecastProof, lastProof } from "./forecast.ts";
import { formatEvidence } from "./guardrail-numbers.ts";
import { sampleEvidence, samplePoints, startedAt } from "./sample.ts";

const points = samplePoints(20, { safe: (minute) => minute * 0.2, worse: (minute) => -minute * 0.1 });

test("breaks the no-worse curve at a new step, but not the regression curve", () => {
  const { safe, worse } = evidenceCurve(points, "errors");
  expect(safe.filter(({ logE }) => logE === null)).toEqual([{ at: startedAt + 600_000, logE: null }]);
  expect(worse.every(({ logE }) => logE !== null)).toBe(true);
  expect(evidenceCurve(points, "slow").worse.every(({ logE }) => logE === null)).toBe(true);
});

test("interpolates a crossing up to the first point at or above the threshold", () => {
  const { safe } = evidenceCurve(points, "errors");
  expect(crossing(safe, 1.0)).toBeCloseTo(startedAt + 300_000, 0);
  expect(crossing(safe, 0.9)).toBeCloseTo(startedAt + 270_000, 0);
  expect(crossing(safe, 9)).toBeUndefined();
});

test("ranges steps from their first point to that of the next step, and the last one to the end", () => {
  const spans = stepSpans(points, startedAt + 1_500_000);
  expect(spans.map(({ step, from, to }) => [step, (from - startedAt) / 60_000, (to - startedAt) / 60_000])).toEqual([
    [0, 0, 10],
    [1, 10, 25],
  ]);
  expect(spans[0]?.units).toEqual({ stable: 9000, canary: 1000 });
});

test("computes rates from the newest points of the same step", () => {
  expect(unitRates(points)).toEqual({ stable: 15, canary: 100 / 60 });
  expect(unitRates(points.slice(0, 1))).toBeNull();
});

test("breaks a line where data is missing", () => {
  const drawn = pathOf(
    [
      { at: 0, logE: 1 },
      { at: 1, logE: null },
      { at: 2, logE: 2 },
    ],
    (at) => at,
    (logE) => logE,
  );
  expect(drawn).toBe("M0.0 1.0M2.0 2.0");
});

test("includes the thresholds in the axis, which ends at a million", () => {
  expect(Math.exp(evidenceAxis([Math.log(100)]).high)).toBeCloseTo(1000);
  expect(Math.exp(evidenceAxis([Math.log(5e7)]).high)).toBeCloseTo(1e6);
});

test("forecasts an evenly growing verdict to the minute, and a shrinking one not at all", () => {
  const forecast = forecastProof(points, "errors", 3);
  expect(forecast?.likelyMs).toBeCloseTo(6 * 60_000);
  expect(forecast?.highMs).toBeCloseTo(forecast?.lowMs ?? 0);
  const falling = samplePoints(20, { safe: (minute) => -minute, worse: () => 0 });
  expect(forecastProof(falling, "errors", 3)).toBeUndefined();
});

test("forecasts a range around the likely time for an unevenly growing verdict", () => {
  const uneven = samplePoints(20, { safe: (minute) => minute * 0.2 + (minute % 2) * 0.4, worse: () => 0 });
  const forecast = forecastProof(uneven, "errors", 6);
  expect(forecast?.lowMs).toBeLessThan(forecast?.likelyMs ?? 0);
  expect(forecast?.highMs).toBeGreaterThan(forecast?.likelyMs ?? 0);
});

test("omits the last of several verdicts while one cannot be forecast", () => {
  const errors = { metric: "errors" as const, logSafeThreshold: 3 };
  expect(lastProof(points, [errors])?.metric).toBe("errors");
  expect(lastProof(points, [errors, { metric: "slow", logSafeThreshold: 3 }])).toBeUndefined();
});

test("formats e-values with bounds, and an unknown one as a dash", () => {
  expect([null, -20, Math.log(0.4), Math.log(3.14), Math.log(38), 100].map(formatEvidence)).toEqual([
    "–",
    "< 0.01",
    "0.40",
    "3.1",
    "38",
    "> 1,000,000",
  ]);
});

test("keeps a no-worse verdict from an earlier step, whatever the last step shows", () => {
  const [low, high] = [
    sampleEvidence("errors", { logSafeThreshold: 1.7 }),
    sampleEvidence("errors", { logSafeThreshold: 3 }),
  ];
  expect(provedMetrics(points, [low])).toEqual(["errors"]);
  expect(provedMetrics(points, [high])).toEqual([]);
});
