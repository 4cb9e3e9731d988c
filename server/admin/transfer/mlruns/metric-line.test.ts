import { expect, test } from "vitest";
import { readMetricLine } from "./metric-line.ts";

test("parses lines of every MLflow since 0.x, including Python's non-finite numbers", () => {
  expect(readMetricLine("3000 0.5 7")).toEqual({ timestamp: 3000, value: 0.5, step: 7, rest: [] });
  expect(readMetricLine("3000 1e-3")).toEqual({ timestamp: 3000, value: 0.001, step: 0, rest: [] });
  expect(readMetricLine("1 nan -2 run data d1")).toEqual({
    timestamp: 1,
    value: Number.NaN,
    step: -2,
    rest: ["run", "data", "d1"],
  });
  expect(readMetricLine("1 -inf 2")?.value).toBe(Number.NEGATIVE_INFINITY);
});

test("returns undefined for a truncated or invalid line", () => {
  for (const line of ["", "3000", "x 1 2", "1 2 x", "1 abc 2", "1  2"]) expect(readMetricLine(line)).toBeUndefined();
});
