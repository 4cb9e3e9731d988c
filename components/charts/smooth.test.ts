import { expect, test } from "vitest";
import type { Point } from "./prepare.ts";
import { smooth } from "./smooth.ts";

const points = (...values: (number | null)[]): Point[] => values.map((value, at) => ({ at, value }));

/** Smooths as TensorBoard's line chart does: last = last * w + (1 - w) * v, shown as last / (1 - w ** n). */
function tensorboard(values: number[], weight: number): number[] {
  let last = 0;
  return values.map((value, index) => {
    last = last * weight + (1 - weight) * value;
    return last / (1 - weight ** (index + 1));
  });
}

test("smooths evenly spaced points as TensorBoard does", () => {
  const values = [1, 4, 2, 8, 5, 7];
  const smoothed = smooth(points(...values), 0.6).map(({ value }) => value);
  for (const [index, expected] of tensorboard(values, 0.6).entries()) expect(smoothed[index]).toBeCloseTo(expected, 12);
  // Computed manually: (0.6 * 0.4 * 1 + 0.4 * 4) / (0.6 * 0.4 + 0.4) = 2.875.
  expect(smoothed[1]).toBeCloseTo(2.875, 12);
});

test("does not bias the start towards zero, and leaves a constant unchanged", () => {
  expect(smooth(points(7, 7, 7), 0.99).map(({ value }) => value?.toFixed(9))).toEqual(Array(3).fill("7.000000000"));
});

test("keeps missing values as gaps and ignores them", () => {
  expect(smooth(points(1, null, 1), 0.9)[1]?.value).toBeNull();
  expect(smooth([{ at: 0, value: Number.NaN }, ...points(1)], 0.9)[0]?.value).toBeNull();
});

test("discounts earlier values more after a large distance than after a small one", () => {
  const at = (last: number) => [0, 1, 2, 3, last].map((each, index) => ({ at: each, value: index === 4 ? 1 : 0 }));
  const near = smooth(at(4), 0.8).at(-1)?.value ?? 0;
  const far = smooth(at(40), 0.8).at(-1)?.value ?? 0;
  expect(far).toBeGreaterThan(near);
});

test("returns the points unchanged without smoothing", () => {
  expect(smooth(points(1, null, 3), 0)).toEqual(points(1, null, 3));
});
