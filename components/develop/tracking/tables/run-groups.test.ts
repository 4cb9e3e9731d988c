import { expect, test } from "vitest";
import type { RunGroups, RunTableRow } from "#server/develop/tracking/tables/contract.ts";
import { describeMean, formatMean, groupedRows, toggledGroup } from "./run-groups.ts";

const figures = { count: 5, mean: 0.94, low: 0.92, high: 0.96, median: 0.94, lowest: 0.9, highest: 0.98 };
const alone = { ...figures, count: 1, low: null, high: null };

test("formats a mean with half the width of its interval, or alone without one", () => {
  expect(formatMean(figures, 3)).toBe("0.940 ± 0.020");
  expect(formatMean(alone)).toBe("0.94");
});

test("describes how many runs a mean covers", () => {
  const range = "median 0.94, min 0.9, max 0.98";
  expect(describeMean(figures, 5)).toBe(`Mean of 5\u00a0runs, 95% interval 0.92 to 0.96; ${range}.`);
  expect(describeMean(figures, 8)).toContain("Mean of 5 of 8\u00a0runs");
  expect(describeMean(alone, 1)).toBe("Single run: no variation to report.");
  expect(describeMean(alone, 3)).toBe("One of 3\u00a0runs has a value.");
});

test("lists the runs of an open group, and how many are hidden", () => {
  const group = (value: string | null) => ({ value, runs: 2, newestAt: 1, metrics: {} });
  const groups = { groups: [group("0.1"), group(null)] } as RunGroups;
  const row = { run: { id: "r1" } } as RunTableRow;
  const opened = [{ value: null, rows: [row], found: 2 }];
  expect(groupedRows({ groups, opened })).toEqual([
    { kind: "group", group: group("0.1"), isOpen: false },
    { kind: "group", group: group(null), isOpen: true },
    { kind: "run", row },
    { kind: "more", value: null, shown: 1, found: 2 },
  ]);
});

test("toggles a group", () => {
  expect(toggledGroup(["a"], null)).toEqual(["a", null]);
  expect(toggledGroup(["a", null], null)).toEqual(["a"]);
});
