import { expect, test } from "vitest";
import { silentAfterMs } from "#server/develop/tracking/runs/constants.ts";
import type { RunInfo } from "#server/develop/tracking/runs/contract.ts";
import type { RunTableRow } from "#server/develop/tracking/tables/contract.ts";
import { runState } from "./run-state.ts";
import { cellValue, decimalsOf, formatMetric, reasonSpan, tookMs } from "./run-values.ts";

test.each([
  [[0.9687, 0.61], 3],
  [[0.0968, 0.0961], 4],
  [[46_191, 812], 0],
  [[12.5, 3.25], 1],
  [[2.1, 0.0004], undefined],
  [[2.5e-5, 1.2e-5], undefined],
  [["NaN" as const, undefined, 0], undefined],
])("chooses the decimals of %j", (values, expected) => {
  expect(decimalsOf(values)).toBe(expected);
});

test("distinguishes a missing value from NaN", () => {
  expect([formatMetric(undefined), formatMetric("NaN"), formatMetric(0.5, 3), formatMetric(0)]).toEqual([
    "–",
    "NaN",
    "0.500",
    "0",
  ]);
});

const run = { status: "RUNNING", startedAt: 1_000, endedAt: null, updatedAt: 5_000 } as RunInfo;

test("measures duration to the end, to now if running, and to the last update if stalled", () => {
  expect(tookMs({ ...run, endedAt: 4_000 }, 9_000)).toBe(3_000);
  expect(tookMs(run, 9_000)).toBe(8_000);
  expect(tookMs(run, 5_001 + silentAfterMs)).toBe(4_000);
  expect(tookMs({ ...run, status: "KILLED" }, 9_000)).toBeUndefined();
  expect(runState(run, 9_000).word).toBe("Running");
  expect(runState(run, 5_001 + silentAfterMs)).toEqual({ state: "no-data", word: "No heartbeat" });
});

const row = { failure: "Out of memory", metrics: {}, params: { lr: "1" }, curves: {} } as unknown as RunTableRow;

test("places the failure reason in the widest range of empty cells", () => {
  const columns = ["status", "metrics.acc", "curve.loss", "params.lr", "params.batch", "by"];
  expect(reasonSpan(row, columns)).toEqual({ at: 1, span: 2 });
  expect(reasonSpan({ ...row, params: {} }, columns)).toEqual({ at: 1, span: 4 });
  expect(reasonSpan({ ...row, metrics: { acc: "NaN" } }, ["metrics.acc", "params.lr"])).toEqual({ at: 0, span: 1 });
  expect(reasonSpan({ ...row, metrics: { acc: 1 } }, ["metrics.acc", "params.lr", "params.batch"])).toBeUndefined();
  expect(reasonSpan({ ...row, failure: undefined }, columns)).toBeUndefined();
});

test("returns the filterable value of a cell: null if absent, undefined if not filterable", () => {
  const datasets = [
    { name: "held-out", digest: "d1", context: "validation" },
    { name: "depots", digest: "d2", context: "training" },
  ];
  const whole = { ...row, run: { ...run, userName: "" }, metrics: { acc: 0.5 }, tags: {}, commit: null, datasets };
  const values = ["params.lr", "metrics.acc", "tags.team", "by", "commit", "dataset", "took"].map((key) =>
    cellValue(whole as unknown as RunTableRow, key),
  );
  expect(values).toEqual(["1", 0.5, null, null, null, "d2", undefined]);
});
