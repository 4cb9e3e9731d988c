import { failedAnswer } from "#server/stats/evaluation/row-columns.ts";
import type { RunRows } from "../runs/score-rows.ts";
import type { SetRows } from "../sets/set-rows.ts";
import { runColumns } from "./run-columns.ts";

/** What metrics need of the probabilities of each row. */
export interface ProbabilitySums {
  /** Squared distances of all classes to the label, summed. */
  squares: Float64Array;
  /** How many classes come before the label: more probable ones, and of equal ones those with a smaller number. */
  before: Uint16Array;
}

const maxBefore = 0xffff;

/**
 * Sums the probabilities of each row, those of classes included that no row of the set has; finished runs are stored with these sums.
 * @returns undefined for a run without either
 */
export function probabilitySums(set: SetRows, run: RunRows): ProbabilitySums | undefined {
  const { squares, before, probabilities } = run.columns;
  if (squares instanceof Float64Array && before instanceof Uint16Array) return { squares, before };
  return probabilities instanceof Float32Array ? sumsOf(set, run, probabilities) : undefined;
}

/** Returns the rows of a finished run as they are stored: with sums instead of the probabilities of all classes, which are too many. */
export function withoutProbabilities(set: SetRows, run: RunRows): RunRows {
  const { probabilities: _, otherSquares: _squares, othersAbove: _above, ...columns } = run.columns;
  return { ...run, columns: { ...columns, ...probabilitySums(set, run) } };
}

function sumsOf(set: SetRows, run: RunRows, probabilities: Float32Array): ProbabilitySums {
  const { answer } = runColumns(run);
  const truth = set.columns.truth as Uint16Array;
  const classes = set.head.classes.length;
  const otherSquares = run.columns.otherSquares as Float32Array | undefined;
  const othersAbove = run.columns.othersAbove as Uint16Array | undefined;
  const [squares, before] = [new Float64Array(answer.length), new Uint16Array(answer.length)];
  for (let row = 0; row < answer.length; row += 1) {
    if (answer[row] === failedAnswer) continue;
    const actual = truth[row] as number;
    const own = probabilities[row * classes + actual] as number;
    let sum = otherSquares?.[row] ?? 0;
    let count = othersAbove?.[row] ?? 0;
    for (let at = 0; at < classes; at += 1) {
      const value = probabilities[row * classes + at] as number;
      sum += (value - (actual === at ? 1 : 0)) ** 2;
      if (value > own || (value === own && at < actual)) count += 1;
    }
    squares[row] = sum;
    before[row] = Math.min(count, maxBefore);
  }
  return { squares, before };
}
