import { failedAnswer } from "#server/stats/evaluation/row-columns.ts";
import type { EvaluatedRow, EvaluationTask } from "../contract.ts";
import { describeRegions } from "../regions/describe-regions.ts";
import { storedBoxes } from "../regions/stored-regions.ts";
import type { RunRows } from "../runs/score-rows.ts";
import type { SetRows } from "../sets/set-rows.ts";

/** Returns one row of a run as it is shown. @param row position in the set */
export function evaluatedRow(task: EvaluationTask, set: SetRows, run: RunRows, row: number): EvaluatedRow {
  const { answer, score, loss, correct } = run.columns as Record<string, ArrayLike<number>>;
  const isFailed = answer?.[row] === failedAnswer;
  const hasVerdict = !["regression", "forecast", "ranking"].includes(task.kind);
  return {
    row: Number((set.columns.row as Uint32Array)[row]),
    label: labelOf(task, set, run, row),
    prediction: isFailed ? null : predictionOf(task, run, row),
    score: isFailed ? null : Number(score?.[row]),
    loss: isFailed ? null : Number(loss?.[row]),
    isCorrect: hasVerdict ? correct?.[row] === 1 : null,
    ...(task.kind === "boxes" && { boxes: boxesOf(task.confidence, set, run, row) }),
  };
}

function boxesOf(confidence: number, set: SetRows, { head, columns }: RunRows, row: number): EvaluatedRow["boxes"] {
  const read = (text: string | number | undefined) =>
    storedBoxes(String(text ?? ""), head.classes).filter(({ score }) => score >= confidence);
  const shown = (boxes: ReturnType<typeof read>) => boxes.map(({ score: _, ...box }) => box);
  return { actual: shown(read(set.columns.truth?.[row])), predicted: shown(read(columns.found?.[row])) };
}

/** Classes have the names that the version gives them. */
function labelOf({ kind }: EvaluationTask, { columns }: SetRows, { head }: RunRows, row: number): string | number {
  const truth = columns.truth ?? [];
  if (kind === "classification") return head.classes[Number(truth[row])] ?? "";
  if (kind === "multilabel") return flagged(head.classes, truth as Uint8Array, row);
  if (kind === "boxes" || kind === "spans") return describeRegions(kind, String(truth[row] ?? ""), head.classes);
  return truth[row] ?? "";
}

function predictionOf(task: EvaluationTask, { head, columns }: RunRows, row: number): string | number {
  const { kind } = task;
  if (kind === "classification") return head.classes[Number(columns.answer?.[row])] ?? "";
  if (kind === "multilabel") return flagged(head.classes, columns.flags as Uint8Array, row);
  if (kind === "boxes" || kind === "spans") {
    const least = task.kind === "boxes" ? task.confidence : 0;
    return describeRegions(kind, String(columns.found?.[row] ?? ""), head.classes, least);
  }
  if (kind === "transcription") return (columns.transcript as readonly string[])[row] ?? "";
  return Number(columns.score?.[row]);
}

/** Names the classes of a row, as labels of sets do. */
function flagged(classes: readonly string[], flags: Uint8Array, row: number): string {
  return classes.filter((_, index) => flags[row * classes.length + index] === 1).join(" | ");
}
