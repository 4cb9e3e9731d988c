import { expect, test } from "vitest";
import type { ChartedGroup } from "#server/develop/tracking/workspace/contract.ts";
import { chartLines, groupStyles, placesOfRuns, readBand, shownRuns, toggledEye } from "./chart-lines.ts";

const group = (label: string, starts: number[]): ChartedGroup =>
  ({
    label,
    isGroup: starts.length > 1,
    runs: starts.map((startedAt) => ({ run: { id: `${label}${startedAt}`, name: `${label}${startedAt}`, startedAt } })),
  }) as ChartedGroup;

const groups = [group("late", [9]), group("early", [1, 2])];

test("colours groups by their start, whatever the order of the list", () => {
  const [late, early] = groupStyles(groups);
  const [first, second] = groupStyles(groups.toReversed());
  expect([early, late]).toEqual([first, second]);
  expect(early?.colour).toBe("var(--lw-series-1)");
  expect([...placesOfRuns(groups)]).toEqual([
    ["late9", 1],
    ["early1", 0],
    ["early2", 0],
  ]);
});

test("draws a group as one line, or each of its runs, without the hidden ones", () => {
  const labels = (hidden: string[], band: "deviation" | "runs") =>
    chartLines(groups, hidden, band).map(({ label, runs }) => [label, runs.length]);
  expect(labels([], "deviation")).toEqual([
    ["late9", 1],
    ["early", 2],
  ]);
  expect(labels(["late9", "early1"], "deviation")).toEqual([["early", 1]]);
  expect(labels(["early1", "early2"], "deviation")).toEqual([["late9", 1]]);
  expect(labels([], "runs")).toEqual([
    ["late9", 1],
    ["early1", 1],
    ["early2", 1],
  ]);
});

test("shows images of the selected runs, else of the first visible run of each group", () => {
  const idsOf = (hidden: string[], selected: string[], most = 4) =>
    shownRuns(groups, { hidden, selected }, most).map(({ id }) => id);
  expect(idsOf([], [])).toEqual(["late9", "early1", "early2"]);
  expect(idsOf([], [], 2)).toEqual(["late9", "early1"]);
  expect(idsOf(["late9"], ["late9", "early2"])).toEqual(["early2"]);
  expect(shownRuns(groups, { hidden: [], selected: ["early2"] }, 4)[0]?.style.colour).toBe("var(--lw-series-1)");
});

test("hides runs, and shows them again when all are hidden", () => {
  expect(toggledEye(["x"], ["a", "b"])).toEqual(["x", "a", "b"]);
  expect(toggledEye(["x", "a"], ["a", "b"])).toEqual(["x", "a", "b"]);
  expect(toggledEye(["x", "a", "b"], ["a", "b"])).toEqual(["x"]);
});

test("reads only known bands", () => {
  expect([readBand("range"), readBand("nonsense"), readBand(undefined)]).toEqual(["range", "deviation", "deviation"]);
});
