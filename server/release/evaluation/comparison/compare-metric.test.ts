import { expect, test } from "vitest";
import { failedAnswer } from "#server/stats/evaluation/row-columns.ts";
import { measureTask } from "../metrics/measure-task.ts";
import type { RunRows } from "../runs/score-rows.ts";
import type { SetRows } from "../sets/set-rows.ts";
import { compareMetric } from "./compare-metric.ts";
import { describeComparison } from "./describe-comparison.ts";

const rows = 400;
const set: SetRows = {
  rows,
  head: { classes: [], names: {}, segments: [] },
  columns: {
    row: Uint32Array.from({ length: rows }, (_, at) => at + 1),
    truth: Float64Array.from({ length: rows }, (_, at) => at),
  },
};

/** A run with an error on each row, without an answer to the last ones. */
function runOf(error: number, rejected: number): RunRows {
  const failed = (row: number) => row >= rows - rejected;
  const errorOf = (row: number) => error + (row % 3) / 10;
  const columnOf = (of: (row: number) => number, none: number) =>
    Array.from({ length: rows }, (_, row) => (failed(row) ? none : of(row)));
  return {
    rows,
    head: { classes: [], isTwoClasses: false, areProbabilities: null, failures: [], modelMs: 1 },
    columns: {
      answer: Uint16Array.from(columnOf(() => 0, failedAnswer)),
      score: Float32Array.from(columnOf((row) => row + errorOf(row), Number.NaN)),
      loss: Float32Array.from(columnOf(errorOf, Number.NaN)),
      correct: new Uint8Array(rows),
    },
  };
}

function compared(first: RunRows, second: RunRows) {
  const task = { kind: "regression", label: "y" } as const;
  const [a, b] = [measureTask(task, set, first), measureTask(task, set, second)];
  const { result } = compareMetric(a, b, { id: "meanAbsoluteError", rows: null, level: 0.95 });
  const named = (version: number) => ({ model: "m", version });
  return { ...result, words: describeComparison(named(2), named(1), result, 0.95) };
}

test("does not call a version better that answers fewer rows, and says how many are left out", () => {
  expect(compared(runOf(1, 0), runOf(2, 0))).toMatchObject({ verdict: "better", rows: 400 });
  expect(compared(runOf(1, 0), runOf(2, 0)).leftOut).toBeUndefined();
  const picky = compared(runOf(1, 40), runOf(2, 3));
  expect(picky).toMatchObject({ verdict: "inconclusive", rows: 360, leftOut: { first: 40, second: 3 } });
  expect(picky.words).toContain(
    "40 rows without a prediction of v2 and 3 of v1 are excluded, so v2 is not called better on the remaining rows.",
  );
  expect(compared(runOf(1, 1), runOf(2, 0)).words).toContain("1 row without a prediction of v2 and 0 of v1 are");
  expect(compared(runOf(2, 3), runOf(1, 40)).verdict).toBe("inconclusive");
  // The one that answers more is better on the others, too; and both may fail on the same rows.
  expect(compared(runOf(1, 3), runOf(2, 40)).verdict).toBe("better");
  expect(compared(runOf(2, 40), runOf(1, 40)).verdict).toBe("worse");
});
