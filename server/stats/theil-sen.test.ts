import { expect, test } from "vitest";
import { seededRandom } from "./random.ts";
import { autocorrelationInflation, theilSen } from "./theil-sen.ts";

const upTo = (count: number, scale = 1) => Array.from({ length: count }, (_, index) => index * scale);
const rising = [3.1, 2.9, 3.4, 3.3, 3.9, 3.6, 4.2, 4.0, 4.4, 4.1];
const stepped = [5, 5, 6, 5, 6, 7, 7, 6, 7, 8, 8, 7];
const megabytes = [
  300.0, 300.65, 299.99, 299.26, 300.12, 299.51, 301.29, 303.41, 300.86, 300.87, 302.73, 302.74, 302.56, 301.2, 302.76,
  304.04, 301.18, 302.71, 300.75, 301.87,
];

// SciPy 1.17.1: scipy.stats.theilslopes(y, x, level), its slope, low_slope and high_slope.
test.each([
  ["rising, 95%", upTo(10), rising, 0.95, [0.15000000000000013, 0.09999999999999996, 0.20000000000000007]],
  ["rising, 90%", upTo(10), rising, 0.9, [0.15000000000000013, 0.1, 0.19999999999999996]],
  ["with ties", upTo(12, 0.5), stepped, 0.9, [0.5, 0.2857142857142857, 0.6666666666666666]],
  [
    "minutes in hours, 95%",
    upTo(20, 1 / 60),
    megabytes,
    0.95,
    [7.099999999999946, 1.8000000000000682, 13.86666666666694],
  ],
  [
    "minutes in hours, 99%",
    upTo(20, 1 / 60),
    megabytes,
    0.99,
    [7.099999999999946, -0.3000000000002956, 16.38000000000011],
  ],
  ["ties in x", [0, 0, 1, 1, 2, 4], [1, 4, 2, 9, 3, 7], 0.95, [1, -6, 8]],
  ["all the same", [0, 1, 2, 3], [2, 2, 2, 2], 0.95, [0, 0, 0]],
])("matches SciPy's slope and interval: %s", (_, x, y, level, [slope = 0, low = 0, high = 0]) => {
  const estimate = theilSen(x, y, level);
  expect(estimate.slope).toBeCloseTo(slope, 10);
  expect(estimate.low).toBeCloseTo(low, 10);
  expect(estimate.high).toBeCloseTo(high, 10);
});

test("ignores a few outliers in the slope, and returns NaN for fewer than two points", () => {
  const line = upTo(40).map((value) => 3 * value);
  expect(theilSen(upTo(40), line.with(7, 1e6).with(20, -1e6).with(33, 1e9)).slope).toBe(3);
  expect(theilSen([1], [1]).slope).toBeNaN();
  expect(theilSen([1, 1], [1, 2]).low).toBeNaN();
});

test("widens the interval of autocorrelated values as by Hamed and Rao", () => {
  const wandering = [
    298.4, 296.1, 296.4, 297.9, 300.6, 300.7, 299.5, 298.0, 299.9, 303.2, 303.1, 300.0, 298.1, 301.7, 301.7, 297.9,
    298.2, 296.2, 295.7, 295.6, 295.0, 297.1, 297.6, 296.9,
  ];
  // pymannkendall 1.4.3: hamed_rao_modification_test(y).var_s / original_test(y).var_s
  const inflation = autocorrelationInflation(upTo(24), wandering);
  expect(inflation).toBeCloseTo(2.09679347826087, 8);
  const [plain, wide] = [theilSen(upTo(24), wandering), theilSen(upTo(24), wandering, 0.95, inflation)];
  expect(wide.low).toBeLessThan(plain.low);
  expect(wide.high).toBeGreaterThan(plain.high);
});

test("does not narrow the interval of independent, alternating or equal values", () => {
  const random = seededRandom(5);
  expect(autocorrelationInflation(upTo(24), upTo(24).map(random))).toBeGreaterThanOrEqual(1);
  expect(
    autocorrelationInflation(
      upTo(24),
      upTo(24).map((value) => value % 2),
    ),
  ).toBe(1);
  expect(autocorrelationInflation(upTo(24), Array(24).fill(7))).toBe(1);
});
