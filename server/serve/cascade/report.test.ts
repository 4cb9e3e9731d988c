import { expect, test } from "vitest";
import type { CascadeCounts } from "./contract.ts";
import { type ComparedSum, reportOf } from "./report.ts";

const step = (version: number, counts: CascadeCounts, costPerThousand: number | null = null) => ({
  versionId: `${version}`,
  modelName: "digits",
  version,
  costPerThousand,
  counts,
});
const nothing: ComparedSum = { compared: 0, different: 0, labelled: 0, firstRight: 0, lastRight: 0 };

// 100 requests: 70 served by the small model, 20 escalated, 10 compared.
const small = { answered: 70, runs: 100, computeMs: 100, "low-confidence": 18, error: 2, compared: 10 };
const large = { answered: 30, runs: 30, computeMs: 300 };

test("reports shares, and the run time compared with always running the last step", () => {
  const report = reportOf([step(1, small), step(2, large)], nothing);
  expect(report).toMatchObject({ requests: 100, escalatedShare: 0.2 });
  expect(report.steps[0]).toMatchObject({
    answered: 70,
    meanComputeMs: 1,
    escalated: { "low-confidence": 18, error: 2 },
  });
  // 100 x 1 ms + 30 x 10 ms = 400 ms, instead of 100 x 10 ms.
  expect(report.cost).toEqual({ unit: "ms", spent: 400, alwaysLast: 1000, savedShare: 0.6 });
});

test("counts runs by configured costs, and falls back to run time if one is missing", () => {
  // 100 runs at 1 per thousand, 30 at 5: 0.25 instead of 0.5.
  const { cost } = reportOf([step(1, small, 1), step(2, large, 5)], nothing);
  expect(cost).toMatchObject({ unit: "cost", savedShare: expect.closeTo(0.5) });
  expect(cost.spent).toBeCloseTo(0.25);
  expect(reportOf([step(1, small, 1), step(2, large)], nothing).cost.unit).toBe("ms");
});

test("reports negative savings when the small model costs more", () => {
  const { cost } = reportOf([step(1, { ...small, computeMs: 2000 }), step(2, large)], nothing);
  expect(cost.savedShare).toBeCloseTo(-1.3);
});

test("estimates the quality loss from compared requests and the share of the first step", () => {
  const compared = { compared: 10, different: 3, labelled: 8, firstRight: 5, lastRight: 7 };
  const { quality } = reportOf([step(1, small), step(2, large)], compared);
  expect(quality).toMatchObject({ differentShare: 0.3, firstRightShare: 0.625, lastRightShare: 0.875 });
  expect(quality.differentOfAll).toBeCloseTo(0.24);
  expect(quality.lostShare).toBeCloseTo(0.2);
});

test("returns null instead of zero without requests, runs of the last step or labels", () => {
  const empty = reportOf([step(1, {}), step(2, {})], nothing);
  expect(empty).toMatchObject({ escalatedShare: null, cost: { alwaysLast: null, savedShare: null } });
  expect(empty.quality).toMatchObject({ differentShare: null, lostShare: null });
  const free = reportOf([step(1, {}, 0), step(2, {}, 0)], nothing);
  expect(free.cost.savedShare).toBeNull();
});
