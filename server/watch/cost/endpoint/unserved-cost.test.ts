import { expect, test } from "vitest";
import { unservedCost } from "./unserved-cost.ts";

const known = {
  versionId: "v",
  modelName: "digits",
  version: 4,
  referenceAccuracy: 0.9,
  referenceRows: 500,
  gateAccuracy: 0.8,
  latencyMsP95: 12,
  computeMs: 3.6,
  requestsPerSecond: 50,
};

test("computes the cost of an unserved version from its load test and the endpoint's idle time", () => {
  const cost = unservedCost(known, { perCoreHour: 2, withWaiting: 1.5 });
  // 1,000 runs of 3.6 ms take 3.6 core-seconds, a thousandth of an hour.
  expect(cost).toMatchObject({
    perThousand: expect.closeTo(0.003, 12),
    correctShare: 0.9,
    labelled: 500,
    latencyMsP95: 12,
  });
  expect(cost.perThousandCorrect).toBeCloseTo(0.003 / 0.9, 12);
  expect(cost.measuredBy).toEqual({ quality: "its reference", latency: "a load test at 50 requests/s" });
});

test("uses gate accuracy without a reference, and null for unmeasured values", () => {
  const gated = unservedCost({ ...known, referenceAccuracy: null }, { perCoreHour: null, withWaiting: 1 });
  expect(gated).toMatchObject({ correctShare: 0.8, perThousand: null, measuredBy: { quality: "a gate" } });
  const silent = { ...known, referenceAccuracy: null, gateAccuracy: null, latencyMsP95: null, computeMs: null };
  expect(unservedCost(silent, { perCoreHour: 2, withWaiting: 1 })).toMatchObject({
    correctShare: null,
    perThousand: null,
    latencyMsP95: null,
    measuredBy: { quality: null, latency: null },
  });
});
