import { expect, test } from "vitest";
import { errorOfPoints, reliability } from "./reliability.ts";

/** Computes the points of equal bins with these rows, all at the middle of their bin, half of them true. */
function pointsOf(rows: readonly number[]) {
  const edges = Array.from({ length: rows.length + 1 }, (_, bin) => bin / rows.length);
  const sum = rows.map((count, bin) => (count * (bin + 0.5)) / rows.length);
  return reliability({ count: rows, sum, positive: rows.map((count) => count / 2) }, edges);
}

test("groups rows into points of equal counts that cover all scores", () => {
  const points = pointsOf(new Array<number>(100).fill(10));
  expect(points).toHaveLength(10);
  expect(points.every(({ rows }) => rows === 100)).toBe(true);
  expect([points[0]?.from, points.at(-1)?.to]).toEqual([0, 1]);
  expect(points[0]?.meanScore).toBeCloseTo(0.05, 12);
  expect(errorOfPoints(points)).toBeCloseTo(0.25, 12);
});

test("shows no point of few rows beside one of thousands", () => {
  for (const rows of [
    [7000, 3, 0, 3],
    [3, 3, 7000],
    [900, 7000, 6],
    [40, 7000, 40, 20],
  ]) {
    const points = pointsOf(rows);
    const total = rows.reduce((sum, count) => sum + count, 0);
    expect(points.reduce((sum, point) => sum + point.rows, 0)).toBe(total);
    for (const point of points) expect(point.rows).toBeGreaterThanOrEqual(total / 20);
  }
});

test("joins few rows into points of at least thirty, or a single one", () => {
  expect(pointsOf(new Array<number>(100).fill(1)).map(({ rows }) => rows)).toEqual([30, 30, 40]);
  expect(pointsOf([0, 5, 0, 4]).map(({ rows }) => rows)).toEqual([9]);
  expect(pointsOf([0, 0])).toEqual([]);
});
