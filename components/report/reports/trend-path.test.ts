import { expect, test } from "vitest";
import { trendPieces, trendRange } from "./trend-path.ts";

const measured = (value: number | null) => ({ value, isEstimated: false });
const estimated = (value: number) => ({ value, isEstimated: true });

test("breaks the line at a gap", () => {
  const pieces = trendPieces([measured(0.9), measured(null), measured(0.8), measured(0.7)]);
  expect(pieces).toEqual([
    { isEstimated: false, from: 0, values: [0.9] },
    { isEstimated: false, from: 2, values: [0.8, 0.7] },
  ]);
});

test("starts an estimate at the last measurement, as a separate line", () => {
  const pieces = trendPieces([measured(0.9), measured(0.91), estimated(0.88), estimated(0.87)]);
  expect(pieces).toEqual([
    { isEstimated: false, from: 0, values: [0.9, 0.91] },
    { isEstimated: true, from: 1, values: [0.91, 0.88, 0.87] },
  ]);
});

test("includes every value and the objective in the axis, within 0 to 100%", () => {
  expect(trendRange([0.884, 0.88, 0.92])).toEqual({ low: 0.87, high: 0.93 });
  expect(trendRange([1, 1])).toEqual({ low: 0.99, high: 1 });
  expect(trendRange([])).toEqual({ low: 0, high: 1 });
});
