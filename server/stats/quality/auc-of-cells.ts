import { ArgumentError } from "../argument-error.ts";

/** Counts by cell, and in it by class. */
type CellCounts = readonly (readonly number[])[];

/**
 * How well a feature alone ranks rows by their class, from counts in cells of its values: the area under the ROC curve of each class against
 * all others, averaged by the share of the class (Hand and Till 2001, section 2, call it one against the rest). The score of a cell for a class is
 * the share of the class among its rows, with one row more of the class's overall share. It is learned on one half of the rows and evaluated on the other, both ways round, so that
 * a feature whose values are all different predicts nothing. Cells of equal score are ties and count half.
 * @param first counts of one half of the rows
 * @param second counts of the other half, with the same cells and classes
 * @returns from 0 to 1, 0.5 for no relation; undefined if a half has fewer than two classes
 * @throws ArgumentError if the halves have different numbers of cells
 */
export function aucOfCells(first: CellCounts, second: CellCounts): number | undefined {
  if (first.length !== second.length) throw new ArgumentError("The halves have different cells.");
  const there = evaluate(first, second);
  const back = evaluate(second, first);
  return there === undefined || back === undefined ? undefined : (there + back) / 2;
}

function evaluate(learned: CellCounts, evaluated: CellCounts): number | undefined {
  const classes = learned[0]?.length ?? 0;
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const totals = Array.from({ length: classes }, (_, of) => sum(learned.map((cell) => cell[of] ?? 0)));
  const rows = sum(totals);
  const sizes = learned.map(sum);
  let [weighted, weight] = [0, 0];
  for (let of = 0; of < classes; of += 1) {
    const share = (totals[of] ?? 0) / Math.max(1, rows);
    const cells = evaluated.map((cell, index) => {
      const positives = cell[of] ?? 0;
      const score = ((learned[index]?.[of] ?? 0) + share) / ((sizes[index] ?? 0) + 1);
      return { score, positives, negatives: sum(cell) - positives };
    });
    const auc = areaUnder(cells);
    if (auc === undefined) continue;
    const positives = sum(cells.map((cell) => cell.positives));
    weighted += auc * positives;
    weight += positives;
  }
  return weight === 0 ? undefined : weighted / weight;
}

/** The probability that a positive has a greater score than a negative, a tie counting half (Mann and Whitney). */
function areaUnder(cells: readonly { score: number; positives: number; negatives: number }[]): number | undefined {
  let [below, wins, positives] = [0, 0, 0];
  for (const tied of Map.groupBy(
    cells.toSorted((a, b) => a.score - b.score),
    ({ score }) => score,
  ).values()) {
    const here = { positives: 0, negatives: 0 };
    for (const cell of tied) {
      here.positives += cell.positives;
      here.negatives += cell.negatives;
    }
    wins += here.positives * (below + here.negatives / 2);
    below += here.negatives;
    positives += here.positives;
  }
  return positives === 0 || below === 0 ? undefined : wins / (positives * below);
}
