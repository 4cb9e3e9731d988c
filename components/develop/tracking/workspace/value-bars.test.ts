import { expect, test } from "vitest";
import type { CurveColumns } from "#server/develop/tracking/workspace/contract.ts";
import { barScale, valueBars } from "./value-bars.ts";

const line = (id: string, runs: string[]) => ({
  id,
  label: id,
  style: { colour: "", dash: undefined },
  runs: runs.map((run) => ({ id: run, startedAt: 0 })),
});
const curves = new Map(
  Object.entries({ a: 0.9, b: 0.7, c: Number.MAX_VALUE }).map(([runId, value]): [string, CurveColumns] => [
    runId,
    { runId, key: "k", totalPoints: 1, at: [0], values: [value] },
  ]),
);

test("gives the value of a run, and mean and deviation of a group", () => {
  const bars = valueBars([line("one", ["a"]), line("both", ["a", "b", "c"]), line("none", ["c", "d"])], curves);
  expect(bars.map(({ line, value }) => [line.label, value])).toEqual([
    ["one", 0.9],
    ["both", 0.8],
  ]);
  expect(bars.map(({ deviation }) => deviation)).toEqual([null, expect.closeTo(0.1414, 3)]);
});

test("begins the scale at zero", () => {
  expect(barScale(valueBars([line("one", ["a"])], curves))).toEqual({ low: 0, high: 0.9 });
  expect(barScale(valueBars([line("one", ["a"])], curves), [0.95])).toEqual({ low: 0, high: 0.95 });
  expect(barScale([])).toEqual({ low: 0, high: 1 });
});
