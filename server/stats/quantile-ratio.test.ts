import { expect, test } from "vitest";
import { quantileRatio } from "./quantile-ratio.ts";
import { normalFrom, seededRandom } from "./random.ts";

const random = seededRandom(7);
/** Generates log-normal times, `factor` times as long for the one as for the other. */
const pairs = (count: number, factor: number) =>
  Array.from({ length: count }, () => ({
    own: factor * Math.exp(0.3 * normalFrom(random)),
    other: Math.exp(0.3 * normalFrom(random)),
  }));

test("returns undefined without pairs or with only zeros", () => {
  expect(quantileRatio([], 0.95)).toBeUndefined();
  expect(quantileRatio([{ own: 1, other: 0 }], 0.95)).toBeUndefined();
});

test("computes the ratio of two quantiles from the values at their ranks", () => {
  const ladder = Array.from({ length: 100 }, (_, at) => ({ own: 3 * (at + 1), other: at + 1 }));
  expect(quantileRatio(ladder, 0.95)?.value).toBe(3);
  expect(quantileRatio(ladder, 0.5)).toEqual(quantileRatio(ladder, 0.5));
});

test("covers the true ratio at about the nominal rate", () => {
  const covered = Array.from({ length: 200 }, () => quantileRatio(pairs(200, 1.5), 0.95)).filter(
    (found) => found && found.low <= 1.5 && found.high >= 1.5,
  );
  expect(covered.length).toBeGreaterThan(0.88 * 200);
});
