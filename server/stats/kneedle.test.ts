import { expect, test } from "vitest";
import { kneeOf } from "./kneedle.ts";

const line = (count: number, y: (x: number) => number) =>
  Array.from({ length: count }, (_, index) => ({ x: index / (count - 1), y: y(index / (count - 1)) }));

const curve = (values: number[]) => values.map((y, x) => ({ x, y }));

/** Computes the mean time in an M/M/1 queue at a load from 0.1 to 0.95, in service times. */
const queue = (count: number) => line(count, (x) => 1 / (1 - (0.1 + 0.85 * x)));

test("finds the knee of an M/M/1 queue where the slope equals that of its chord", () => {
  // From d/dρ 1/(1−ρ) = 1/((1−a)(1−b)): ρ = 1 − √(0.9 · 0.05) = 0.788, which is 0.809 of the way.
  const points = queue(1001);
  const knee = kneeOf(points) as number;
  expect(points[knee]?.x).toBeCloseTo(0.809, 2);
});

test.each([6, 8, 10, 18])("finds the knee with %i steps to within one step", (count) => {
  const points = queue(count);
  const knee = kneeOf(points) as number;
  expect(Math.abs((points[knee]?.x ?? 0) - 0.809)).toBeLessThanOrEqual(1 / (count - 1));
});

test("finds the knee of the Kneedle paper's concave curve, mirrored, where the paper does", () => {
  // Figure 2 of the paper: y = −1/(x + 0.1) + 5 at ten points from 0 to 1, knee at x = 0.22; mirrored by (x, y) → (1 − x, −y).
  const points = line(10, (x) => -1 / (x + 0.1) + 5);
  const turned = points.map(({ x, y }) => ({ x: 1 - x, y: -y })).reverse();
  expect(1 - (turned[kneeOf(turned) as number]?.x as number)).toBeCloseTo(0.222, 3);
});

test.each([
  ["a straight line", line(10, (x) => 3 + x)],
  ["a level line", line(10, () => 3)],
  ["a curve that flattens", line(10, (x) => Math.sqrt(x))],
  ["three points", queue(3)],
  ["nothing", []],
  // A load test whose latency was highest at its first rate, of a cold start: rates 10 to 400/s.
  ["a curve that is highest at its first point", curve([31, 12.1, 11.4, 11.2, 11.3, 11.2, 12.4, 14.9])],
  ["a curve that falls", line(10, (x) => 3 - x)],
  ["a curve that rises and falls again", curve([10, 10, 30, 60, 30, 10, 11, 12])],
])("finds no knee in %s", (_, points) => {
  expect(kneeOf(points)).toBeUndefined();
});

test("finds the knee after a cold start that is below the end", () => {
  const points = curve([31, 12, 11, 11, 12, 12, 40, 160]);
  expect(kneeOf(points)).toBe(5);
});
