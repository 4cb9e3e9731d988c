import { failedAnswer, type RowColumns } from "#server/stats/evaluation/row-columns.ts";
import type { RunRows } from "../runs/score-rows.ts";
import type { Selected } from "./task-metrics.ts";

/** Returns the columns of a run that every kind of task has. */
export function runColumns({ columns }: Pick<RunRows, "columns">): RowColumns {
  const { answer, score, loss, correct } = columns;
  return {
    answer: answer as Uint16Array,
    score: score as Float32Array,
    loss: loss as Float32Array,
    correct: correct as Uint8Array,
  };
}

/** Returns named columns of a run as parts of metrics. */
export function partsOf({ columns }: Pick<RunRows, "columns">, names: readonly string[]): Record<string, Float32Array> {
  return Object.fromEntries(names.map((name) => [name, columns[name] as Float32Array]));
}

/** Returns the rows of a segment, or of all, that have an answer. */
export function answeredRows({ answer }: Pick<RowColumns, "answer">, rows: Selected): Uint32Array {
  return Uint32Array.from(rows ?? answer.keys()).filter((row) => answer[row] !== failedAnswer);
}
