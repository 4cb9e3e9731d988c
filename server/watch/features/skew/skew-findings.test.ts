import { expect, test } from "vitest";
import { hourMs } from "#server/base/durations.ts";
import type { SkewComparison, ViewSkewTally } from "./contract.ts";
import { isAboveLimit, recentSkew } from "./recent-skew.ts";
import { skewFindings } from "./skew-findings.ts";

const tally = (
  comparison: SkewComparison,
  mismatched: number,
  compared: number,
  more: Partial<ViewSkewTally> = {},
): ViewSkewTally => ({
  endpointId: "e",
  version: 1,
  feature: "rate",
  comparison,
  compared,
  mismatched,
  missing: 0,
  extra: 0,
  causes: { late: mismatched },
  differenceSum: 0,
  magnitudeSum: 0,
  ...more,
});
const now = 100 * hourMs;
const findingsOf = (...tallies: ViewSkewTally[]) =>
  skewFindings([{ viewId: "v", view: "drivers", shares: recentSkew([{ hour: now - hourMs, tallies }], now) }]);

// P(X ≥ k) of a binomial, by scipy.stats.binom.sf(k - 1, n, p).
test.each<[mismatched: number, compared: number, limit: number, isAbove: boolean]>([
  [1, 3, 0.001, false],
  [3, 49, 0.001, false],
  [2, 50, 0.001, false],
  // 1.9e-5
  [3, 50, 0.001, true],
  // 1.7e-4
  [5, 500, 0.001, false],
  // 9.1e-4 and 2.0e-5
  [12, 4000, 0.001, false],
  [15, 4000, 0.001, true],
  // Below the limit, however many.
  [900, 1_000_000, 0.001, false],
  [1_200, 1_000_000, 0.001, true],
  [0, 1_000_000, 0.001, false],
  [20, 1000, 0.01, false],
  [30, 1000, 0.01, true],
  [1000, 1000, 0.01, true],
])("%i of %i are above %f by more than chance: %s", (mismatched, compared, limit, isAbove) => {
  expect(isAboveLimit(mismatched, compared, limit)).toBe(isAbove);
});

test("a page names the worst feature, its share, the limit and the cause", () => {
  const [finding, ...others] = findingsOf(
    tally("known", 10, 1000, { causes: { "stale copy": 8, unknown: 2 } }),
    tally("known", 6, 1000, { version: 2, causes: { unknown: 6 } }),
    tally("known", 20, 1000, { feature: "trips", causes: { "stale copy": 20 } }),
    tally("known", 0, 1000, { feature: "fine", causes: {} }),
  );
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ key: "known:v", severity: "page", feature: "drivers" });
  expect(finding?.evidence).toMatchObject({ worst: "trips" });
  expect(finding?.words).toBe(
    "`trips` of view `drivers` was served with another value than the store had by then in 2% of 1,000 look-ups of the last 6 hours; the limit is 0.1%. Most frequent cause: stale copy (20). 1 more of its features is above the limit.",
  );
});

test("a page keeps its labels when another feature is the worst one", () => {
  const at = (rate: number, trips: number) =>
    findingsOf(tally("known", rate, 1000), tally("known", trips, 1000, { feature: "trips" }))[0];
  const [before, after] = [at(20, 10), at(10, 20)];
  expect(after?.words).not.toBe(before?.words);
  expect([after?.key, after?.feature, after?.kind]).toEqual([before?.key, before?.feature, before?.kind]);
});

test("a ticket tells of late rows, and what a request brought counts for nothing", () => {
  const late = tally("true", 50, 1000);
  expect(findingsOf(late)).toMatchObject([{ key: "true:v", severity: "ticket", evidence: { share: 0.05 } }]);
  const requested = { causes: { request: 900, late: 1 } };
  expect(
    findingsOf(tally("true", 901, 1000, requested), tally("known", 900, 1000, { causes: { request: 900 } })),
  ).toEqual([]);
});

test("counts the newest hours that were compared, by endpoint, the highest share first", () => {
  const at = (hour: number, ...tallies: ViewSkewTally[]) => ({ hour: now - hour * hourMs, tallies });
  const other = { endpointId: "f" };
  const shares = recentSkew(
    [
      at(8, tally("known", 900, 1000)),
      at(7, tally("known", 1, 100), tally("true", 10, 1000)),
      at(2, tally("known", 1, 100), tally("known", 40, 100, other), tally("true", 5, 1000)),
      at(40, tally("true", 700, 1000)),
    ],
    now,
  );
  expect(shares.known.map(({ endpointId, compared, mismatched }) => [endpointId, compared, mismatched])).toEqual([
    ["f", 100, 40],
    ["e", 200, 2],
  ]);
  expect(shares.known.map(({ isAboveLimit }) => isAboveLimit)).toEqual([true, false]);
  expect(shares.true).toMatchObject([{ compared: 2000, mismatched: 15, share: 0.0075 }]);
  // What was compared longer ago tells nothing about now.
  expect(recentSkew([at(7, tally("known", 900, 1000))], now).known).toEqual([]);
});
