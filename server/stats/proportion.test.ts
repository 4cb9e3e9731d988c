import { expect, test } from "vitest";
import { normalQuantile } from "./normal.ts";
import { newcombeInterval, wilsonInterval } from "./proportion.ts";
import { seededRandom } from "./random.ts";

test.each([
  [0.5, 0],
  [0.975, 1.959963984540054],
  [0.995, 2.5758293035489004],
  [0.001, -3.090232306167813],
  [0.0000001, -5.199337582187471],
])("matches tables for the normal quantile of %d", (probability, expected) => {
  expect(normalQuantile(probability)).toBeCloseTo(expected, 7);
});

// Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998, table I, method 3.
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])("matches the published Wilson interval of %d of %d", (hits, count, low, high) => {
  const interval = wilsonInterval({ share: hits / count, count });
  expect(interval.low).toBeCloseTo(low, 4);
  expect(interval.high).toBeCloseTo(high, 4);
});

// Newcombe, "Interval estimation for the difference between independent proportions", 1998, table II, method 10.
test.each([
  [56, 70, 48, 80, 0.0524, 0.3339],
  [9, 10, 3, 10, 0.1705, 0.809],
  [6, 7, 2, 7, 0.0582, 0.8062],
  [5, 56, 0, 29, -0.0381, 0.1926],
  [0, 10, 0, 10, -0.2775, 0.2775],
])("matches the published Newcombe interval of %d/%d minus %d/%d", (a, n, b, m, low, high) => {
  const interval = newcombeInterval({ share: a / n, count: n }, { share: b / m, count: m });
  expect(interval.low).toBeCloseTo(low, 4);
  expect(interval.high).toBeCloseTo(high, 4);
});

test("covers the true difference at about the nominal rate", () => {
  const random = seededRandom(20260508);
  const draw = (truth: number, count: number) => {
    let hits = 0;
    for (let row = 0; row < count; row++) if (random() < truth) hits++;
    return { share: hits / count, count };
  };
  const rounds = 2000;
  let covered = 0;
  for (let round = 0; round < rounds; round++) {
    const { low, high } = newcombeInterval(draw(0.93, 120), draw(0.9, 150));
    if (low <= 0.03 && 0.03 <= high) covered++;
  }
  expect(covered / rounds).toBeGreaterThan(0.93);
  expect(covered / rounds).toBeLessThan(0.98);
});
