import { addErrors } from "#server/stats/quality/regression.ts";
import type { QualityCounts, ScoreCell } from "./contract.ts";
import { emptyCounts } from "./empty-counts.ts";

/** Merges the counts of several hours. */
export function mergeCounts(all: readonly QualityCounts[]): QualityCounts {
  const total = emptyCounts();
  const confusion = new Map<string, [string, string, number]>();
  const scores: Cells = new Map();
  const splitScores: Cells = new Map();
  const trueScores: Cells = new Map();
  const lags = new Map<number, number>();
  for (const one of all) {
    for (const [truth, answer, count] of one.confusion) {
      const key = JSON.stringify([truth, answer]);
      confusion.set(key, [truth, answer, count + (confusion.get(key)?.[2] ?? 0)]);
    }
    addCells(scores, one.scores);
    addCells(splitScores, one.splitScores ?? {});
    addCells(trueScores, one.trueScores ?? {});
    for (const [bucket, count] of one.lags) lags.set(bucket, count + (lags.get(bucket) ?? 0));
    total.logLoss += one.logLoss;
    total.squaredError += one.squaredError;
    total.scored += one.scored;
    if (one.errors) total.errors = total.errors ? addErrors(total.errors, one.errors) : one.errors;
  }
  return {
    ...total,
    confusion: [...confusion.values()],
    scores: sorted(scores),
    ...(splitScores.size > 0 && { splitScores: sorted(splitScores) }),
    ...(trueScores.size > 0 && { trueScores: sorted(trueScores) }),
    lags: [...lags].sort((a, b) => a[0] - b[0]),
  };
}

type Cells = Map<string, Map<number, ScoreCell>>;

function addCells(scores: Cells, added: Record<string, ScoreCell[]>): void {
  for (const [key, cells] of Object.entries(added)) {
    const known = scores.get(key) ?? new Map<number, ScoreCell>();
    scores.set(key, known);
    for (const cell of cells) known.set(cell[0], sumOf(known.get(cell[0]), cell));
  }
}

function sorted(scores: Cells): Record<string, ScoreCell[]> {
  return Object.fromEntries([...scores].map(([key, cells]) => [key, [...cells.values()].sort((a, b) => a[0] - b[0])]));
}

function sumOf(known: ScoreCell | undefined, cell: ScoreCell): ScoreCell {
  if (!known) return cell;
  return [cell[0], known[1] + cell[1], known[2] + cell[2], known[3] + cell[3], known[4] + cell[4]];
}
