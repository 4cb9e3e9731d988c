import { formatCount } from "#server/base/format-number.ts";
import { countFailed } from "#server/stats/evaluation/row-columns.ts";
import type { EvaluationMetric, EvaluationResult, EvaluationTask, SegmentResult } from "../contract.ts";
import type { RunRows } from "../runs/score-rows.ts";
import { evaluatedSegments, gatherSegments, type SetRows } from "../sets/set-rows.ts";
import { compareSetGroups } from "./compare-groups.ts";
import { measureTask } from "./measure-task.ts";
import { runColumns } from "./run-columns.ts";

/** Rows below which a segment is listed, but not evaluated. */
export const minSegmentRows = 30;
const maxFailures = 5;

/** Computes the result of an evaluation from its rows: metrics with their intervals, of all rows and of each segment. */
export function evaluateRows(task: EvaluationTask, set: SetRows, run: RunRows): EvaluationResult {
  const measured = measureTask(task, set, run);
  const segments: SegmentResult[] = [];
  for (const { segment, rows } of gatherSegments(set, evaluatedSegments(set))) {
    const { id, title, column } = segment;
    const isSmall = rows.length < minSegmentRows;
    const metrics = isSmall ? [] : measured.measure(rows, false);
    segments.push({ id, title, column, rows: rows.length, isSmall, metrics });
  }
  const failed = countFailed(runColumns(run));
  return {
    evaluated: set.rows - failed,
    failed,
    failures: run.head.failures.slice(0, maxFailures),
    metrics: measured.measure(null, true),
    panels: measured.panels(),
    segments: segments.toSorted((a, b) => worstFirst(a.metrics[0], b.metrics[0])),
    groups: compareSetGroups(set, measured),
    notes: notesOf(task, set, run),
    modelMs: run.head.modelMs,
  };
}

/** Sorts by a metric, the worst value first; what has none comes last. */
function worstFirst(a: EvaluationMetric | undefined, b: EvaluationMetric | undefined): number {
  const [x, y] = [a?.value ?? null, b?.value ?? null];
  if (x === null || y === null) return Number(x === null) - Number(y === null);
  return a?.better === "lower" ? y - x : x - y;
}

function notesOf(task: EvaluationTask, set: SetRows, { head }: RunRows): string[] {
  const notes: string[] = [];
  const segments = evaluatedSegments(set).length;
  if (segments < set.head.segments.length) {
    notes.push(
      `Of ${formatCount(set.head.segments.length)} segments the ${formatCount(segments)} largest are evaluated.`,
    );
  }
  if (task.kind === "classification" && head.areProbabilities !== true) {
    notes.push(
      head.areProbabilities === false
        ? "The scores of this version are not probabilities, so it has no log loss and no calibration. A softmax step in its pipeline makes them probabilities."
        : "This version returns no scores, so it has no log loss and no calibration.",
    );
  }
  const others = head.classes.length - set.head.classes.length;
  if (task.kind === "classification" && others > 0) {
    const named = head.classes.slice(set.head.classes.length, set.head.classes.length + 5).join(", ");
    notes.push(
      `No row of the set has a label of ${others} classes of this version: ${named}${others > 5 ? ", …" : ""}.`,
    );
  }
  return notes;
}
