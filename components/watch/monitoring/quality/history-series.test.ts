import { expect, test } from "vitest";
import { historySeries, immatureRange, labelSeries } from "./history-series.ts";

const measured = (value: number) => ({ value, low: value - 0.1, high: value + 0.1, rows: 100 });
const point = (day: number, isMature: boolean, labelled: number) => ({
  at: `2026-05-0${day}T00:00:00.000Z`,
  until: `2026-05-0${day + 1}T00:00:00.000Z`,
  realised: measured(0.7),
  estimated: measured(0.8),
  predictions: 100,
  labelled,
  completeness: null,
  isMature,
});
const history = { metric: "accuracy" as const, stepMs: 86_400_000, points: [point(1, true, 100), point(2, false, 20)] };

test("draws realised quality only where labels are complete, and the estimate with its band always", () => {
  const [realised, estimated] = historySeries(history);
  expect(realised?.points.map(({ value }) => value)).toEqual([70, null]);
  expect(estimated?.points.map(({ value }) => value)).toEqual([80, 80]);
  expect(estimated?.band?.[1]).toMatchObject({ low: expect.closeTo(70, 9), high: expect.closeTo(90, 9) });
});

test("starts the range of due labels at the first window that is not mature", () => {
  expect(immatureRange(history)).toEqual({ from: Date.parse("2026-05-02"), to: Date.parse("2026-05-03") });
  expect(immatureRange({ ...history, points: history.points.slice(0, 1) })).toBeUndefined();
  expect(labelSeries(history).points.map(({ value }) => value)).toEqual([100, 20]);
});
