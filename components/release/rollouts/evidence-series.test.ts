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
import { formatEvidence, formatRatio } from "./guardrail-numbers.ts";
import { sampleEvidence, samplePoints, startedAt } from "./sample.ts";

const points = samplePoints(20, { safe: (minute) => minute * 0.2, worse: (minute) => -minute * 0.1 });

test("a new step breaks the curve of the proof, because it begins anew, and not that of harm", () => {
  const { safe, worse } = evidenceCurve(points, "errors");
  expect(safe.filter(({ logE }) => logE === null)).toEqual([{ at: startedAt + 600_000, logE: null }]);
  expect(worse.every(({ logE }) => logE !== null)).toBe(true);
  expect(evidenceCurve(points, "slow").worse.every(({ logE }) => logE === null)).toBe(true);
});

test("a crossing lies on the straight way to the first point at or above the threshold", () => {
  const { safe } = evidenceCurve(points, "errors");
  expect(crossing(safe, 1.0)).toBeCloseTo(startedAt + 300_000, 0);
  expect(crossing(safe, 0.9)).toBeCloseTo(startedAt + 270_000, 0);
  expect(crossing(safe, 9)).toBeUndefined();
});

test("steps last from their first point to that of the next, the last one to the end", () => {
  const spans = stepSpans(points, startedAt + 1_500_000);
  expect(spans.map(({ step, from, to }) => [step, (from - startedAt) / 60_000, (to - startedAt) / 60_000])).toEqual([
    [0, 0, 10],
    [1, 10, 25],
  ]);
  expect(spans[0]?.units).toEqual({ stable: 9000, canary: 1000 });
});

test("rates come from the newest points of the same step", () => {
  expect(unitRates(points)).toEqual({ stable: 15, canary: 100 / 60 });
  expect(unitRates(points.slice(0, 1))).toBeNull();
});

test("a line breaks where nothing is known", () => {
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

test("the axis holds the thresholds and ends at a million", () => {
  expect(Math.exp(evidenceAxis([Math.log(100)]).high)).toBeCloseTo(1000);
  expect(Math.exp(evidenceAxis([Math.log(5e7)]).high)).toBeCloseTo(1e6);
});

test("a proof that grows evenly is foretold to the minute, one that shrinks not at all", () => {
  const forecast = forecastProof(points, "errors", 3);
  expect(forecast?.likelyMs).toBeCloseTo(6 * 60_000);
  expect(forecast?.highMs).toBeCloseTo(forecast?.lowMs ?? 0);
  const falling = samplePoints(20, { safe: (minute) => -minute, worse: () => 0 });
  expect(forecastProof(falling, "errors", 3)).toBeUndefined();
});

test("a proof that grows unevenly has a range around what is likely", () => {
  const uneven = samplePoints(20, { safe: (minute) => minute * 0.2 + (minute % 2) * 0.4, worse: () => 0 });
  const forecast = forecastProof(uneven, "errors", 6);
  expect(forecast?.lowMs).toBeLessThan(forecast?.likelyMs ?? 0);
  expect(forecast?.highMs).toBeGreaterThan(forecast?.likelyMs ?? 0);
});

test("the last of several proofs is not told while one cannot be foretold", () => {
  const errors = { metric: "errors" as const, logSafeThreshold: 3 };
  expect(lastProof(points, [errors])?.metric).toBe("errors");
  expect(lastProof(points, [errors, { metric: "slow", logSafeThreshold: 3 }])).toBeUndefined();
});

test("e-values are words with an end, and an unknown one is no value", () => {
  expect([null, -20, Math.log(0.4), Math.log(3.14), Math.log(38), 100].map(formatEvidence)).toEqual([
    "–",
    "< 0.01",
    "0.40",
    "3.1",
    "38",
    "> 1,000,000",
  ]);
});

test("a ratio tells its interval, and where it has no bound", () => {
  expect(formatRatio(sampleEvidence("errors"))).toBe("0.95×, 0.4× to 2.1×");
  const open = sampleEvidence("errors", { ratio: { estimate: 1, low: null, high: null } });
  expect(formatRatio(open)).toBe("1×, 0× to unbounded");
  const none = sampleEvidence("errors", { ratio: { estimate: null, low: null, high: null } });
  expect(formatRatio(none)).toBe("not enough data yet");
});

test("what was proved in an earlier step counts as proved, whatever the evidence of the last step says", () => {
  const [low, high] = [
    sampleEvidence("errors", { logSafeThreshold: 1.7 }),
    sampleEvidence("errors", { logSafeThreshold: 3 }),
  ];
  expect(provedMetrics(points, [low])).toEqual(["errors"]);
  expect(provedMetrics(points, [high])).toEqual([]);
});
