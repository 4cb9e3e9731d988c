import { expect, test } from "vitest";
import type { CurvePoint, MetricCurve } from "#server/develop/tracking/metrics/contract.ts";
import { curveSeries, describeBroken } from "./curve-series.ts";

const curve = (...values: (number | null)[]): MetricCurve => ({
  runId: "r",
  key: "loss",
  totalPoints: values.length,
  points: values.map((value, step) => ({ step, timestamp: 1000 + step * 10, value })),
});

test("plots a curve by step, time, or time since its start", () => {
  const positions = (["step", "time", "relative"] as const).map((x) =>
    curveSeries(curve(1, 2), x, 1000).points.map(({ at }) => at),
  );
  expect(positions).toEqual([
    [0, 1],
    [1000, 1010],
    [0, 10],
  ]);
});

test("shows NaN and infinity as marked gaps, merged with their neighbours", () => {
  const { points, unplottable } = curveSeries(curve(1, null, null, Number.MAX_VALUE, 2, null), "step", 0);
  expect(points.map(({ value }) => value)).toEqual([1, null, null, null, 2, null]);
  expect(unplottable).toEqual([
    { from: 1, to: 2, word: "NaN" },
    { from: 3, to: 3, word: "infinite" },
    { from: 5, to: 5, word: "NaN" },
  ]);
});

test("adds a band only where points aggregate different values", () => {
  const banded = (...spans: [number, number][]) =>
    ({
      points: spans.map(
        ([low, high], step): CurvePoint => ({ step, timestamp: 0, value: low, low, high }) as CurvePoint,
      ),
    }) satisfies Pick<MetricCurve, "points">;
  expect(curveSeries(banded([1, 1], [2, 2]), "step", 0).band).toBeUndefined();
  expect(curveSeries(banded([1, 1], [2, 5]), "step", 0).band).toEqual([
    { at: 0, low: 1, high: 1 },
    { at: 1, low: 2, high: 5 },
  ]);
});

test("reports the first step of a trailing NaN or infinite range", () => {
  expect(describeBroken([curve(1, null, null)])).toEqual(["loss has been NaN since step 1"]);
  expect(describeBroken([curve(1, Number.MAX_VALUE)])).toEqual(["loss has been infinite since step 1"]);
  expect(describeBroken([curve(1, null, 2), curve()])).toEqual([]);
});
