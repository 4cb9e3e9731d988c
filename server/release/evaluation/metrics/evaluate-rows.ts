import { formatCount } from "#server/base/format-number.ts";
import { countFailed, failedAnswer } from "#server/stats/evaluation/row-columns.ts";
import { countOf, quantiles } from "#server/stats/histogram.ts";
import type { EvaluationMetric, EvaluationResult, EvaluationTask, SegmentResult } from "../contract.ts";
import type { RunRows } from "../runs/score-rows.ts";
import { evaluatedSegments, gatherSegments, type SetRows } from "../sets/set-rows.ts";
import { compareSetGroups } from "./compare-groups.ts";
import { measureTask } from "./measure-task.ts";
import { runColumns } from "./run-columns.ts";
import type { TaskMetrics } from "./task-metrics.ts";
import { unitsOfSet } from "./units.ts";

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
    notes: [...notesOf(task, set, run), ...unitNotes(task, set, measured), ...failedNotes(task, set, run)],
    modelMs: run.head.modelMs,
    latency: latencyOf(run),
  };
}

function latencyOf({ head: { requests } }: RunRows): EvaluationResult["latency"] {
  if (!requests) return null;
  const [p50Ms, p95Ms] = quantiles(requests.durations, [0.5, 0.95]);
  const found = { requests: countOf(requests.durations), rows: requests.rows };
  return p50Ms === undefined || p95Ms === undefined ? null : { ...found, p50Ms, p95Ms };
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

/** Says that lists and series are measured as a whole, where segments cut through them. */
function unitNotes({ kind }: EvaluationTask, set: SetRows, { pairing }: TaskMetrics): string[] {
  if (kind !== "ranking" && kind !== "anomaly") return [];
  const units = unitsOfSet(set);
  const sizes = units.rows.map(({ length }) => length);
  const cut = [...gatherSegments(set, evaluatedSegments(set))].filter(({ rows }) => {
    const whole = pairing.unitsOf(rows) ?? new Uint32Array();
    return whole.reduce((sum, unit) => sum + (sizes[unit] ?? 0), 0) < rows.length;
  });
  if (cut.length === 0) return [];
  const what = kind === "ranking" ? "lists" : "series";
  if (!set.columns.unit) return ["Without a column of machines all rows are one series, so no segment is measured."];
  const named = cut.slice(0, maxNamed).map(({ segment }) => segment.title);
  return [
    `Segments contain whole ${what}. Excluded are those only partly in a segment, of ${named.join(", ")}${cut.length > maxNamed ? ", …" : ""}.`,
  ];
}

const maxNamed = 5;

/** Says what rows without a prediction count as. */
function failedNotes({ kind }: EvaluationTask, set: SetRows, run: RunRows): string[] {
  const { answer } = runColumns(run);
  const failed = countFailed({ answer });
  if (failed === 0) return [];
  const rows = `${formatCount(failed)} of ${formatCount(set.rows)} rows ${failed === 1 ? "has" : "have"} no prediction.`;
  switch (kind) {
    case "classification":
      return [`${rows} They are incorrect; log loss, calibration and areas under curves exclude them.`];
    case "ranking": {
      const { rows: lists } = unitsOfSet(set);
      const incomplete = lists.filter((list) => list.some((row) => answer[row] === failedAnswer)).length;
      return [
        `${rows} The ${formatCount(incomplete)} of ${formatCount(lists.length)} lists with such a row count as 0.`,
      ];
    }
    case "anomaly":
      return [`${rows} In an event such a step is one without an alarm; elsewhere it divides its series.`];
    case "multilabel":
    case "boxes":
    case "spans":
      return [`${rows} They count as incorrect in exact matches, and are excluded from all other metrics.`];
    case "regression":
    case "forecast":
    case "transcription":
      return [`${rows} They are excluded from all metrics.`];
  }
}
