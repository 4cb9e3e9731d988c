import { expect, test } from "vitest";
import type { CurveColumns } from "#server/develop/tracking/workspace/contract.ts";
import { lineSeries, meanCurve } from "./mean-curve.ts";

const curve = (at: number[], values: (number | null)[]) => ({ at, values, low: values, high: values });

test("computes mean and sample deviation at the same steps", () => {
  const { points, band } = meanCurve([curve([0, 1], [1, 4]), curve([0, 1], [3, 4])], "deviation");
  expect(points).toEqual([
    { at: 0, value: 2 },
    { at: 1, value: 4 },
  ]);
  expect(band[0]?.high).toBeCloseTo(2 + Math.SQRT2);
  expect(band[1]).toEqual({ at: 1, low: 4, high: 4 });
});

test("interpolates between the points of a curve, but never beyond its ends or over a gap", () => {
  const { points } = meanCurve([curve([0, 2, 4], [0, 2, 4]), curve([1, 2, 3], [10, null, 30])], "range");
  expect(points).toEqual([
    { at: 0, value: 0 },
    { at: 1, value: 5.5 },
    { at: 2, value: 2 },
    { at: 3, value: 16.5 },
    { at: 4, value: 4 },
  ]);
});

test("gives the lowest and highest value, also of thinned points", () => {
  const wide = { at: [0], values: [5], low: [1], high: [9] };
  expect(meanCurve([wide, curve([0], [6])], "range").band).toEqual([{ at: 0, low: 1, high: 9 }]);
});

test("limits the positions and keeps both ends", () => {
  const at = Array.from({ length: 5_000 }, (_, index) => index);
  const { points } = meanCurve([curve(at, at), curve(at, at)], "deviation");
  expect([points.length, points[0]?.at, points.at(-1)?.at]).toEqual([400, 0, 4_999]);
});

test("draws a single run as it is, with gaps, along the time since its start", () => {
  const columns: CurveColumns = { runId: "a", key: "k", totalPoints: 2, at: [110, 105], values: [Number.MAX_VALUE, 1] };
  const line = { id: "a", label: "a", style: { colour: "", dash: undefined }, runs: [{ id: "a", startedAt: 100 }] };
  expect(lineSeries(line, new Map([["a", columns]]), "relative", "deviation")?.points).toEqual([
    { at: 5, value: 1 },
    { at: 10, value: null },
  ]);
  expect(lineSeries(line, new Map(), "step", "deviation")).toBeUndefined();
});
