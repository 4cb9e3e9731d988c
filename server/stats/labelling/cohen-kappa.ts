import { ArgumentError, requireCounts } from "../argument-error.ts";
import { normalQuantile } from "../normal.ts";

/** How much two different classes agree: not at all, or less the further apart they are, by distance or by its square. */
export type KappaWeights = "none" | "linear" | "quadratic";

export interface Kappa {
  kappa: number;
  /** Standard error for large samples. */
  se: number;
  low: number;
  high: number;
}

const maxClasses = 1000;

/**
 * Computes Cohen's kappa of two annotators with its large-sample interval: agreement beyond chance, 1 is perfect, 0 is chance.
 * Variance of Fleiss, Cohen and Everitt, "Large sample standard errors of kappa and weighted kappa", Psychological Bulletin 72, 1969.
 * docs/spec/labelling.md section 5.2. An annotator who always says the same has kappa 0 without an error.
 * @param table items that the first annotator gave the class of the row and the second the class of the column
 * @returns null without items, or if both always say the same class
 * @throws ArgumentError for a table that is not square, or numbers that are no counts
 */
export function cohenKappa(
  table: readonly (readonly number[])[],
  weights: KappaWeights = "none",
  level = 0.95,
): Kappa | null {
  const classes = table.length;
  if (classes > maxClasses) throw new ArgumentError("There must be at most 1,000 classes.");
  for (const row of table) {
    if (row.length !== classes) throw new ArgumentError("A table must have as many rows as columns.");
    requireCounts(row, "Cells");
  }
  const count = table.flat().reduce((sum, cell) => sum + cell, 0);
  if (!(count > 0)) return null;
  const weightOf = classWeights(weights, classes);
  const ofFirst = table.map((row) => row.reduce((sum, cell) => sum + cell, 0) / count);
  const ofSecond = table.map((_, column) => table.reduce((sum, row) => sum + (row[column] as number), 0) / count);
  // Mean weight of a class of one annotator with the classes of the other.
  const toSecond = ofFirst.map((_, a) => ofSecond.reduce((sum, share, b) => sum + share * weightOf(a, b), 0));
  const toFirst = ofSecond.map((_, b) => ofFirst.reduce((sum, share, a) => sum + share * weightOf(a, b), 0));
  let [observed, expected] = [0, 0];
  for (const [a, row] of table.entries()) {
    for (const [b, cell] of row.entries()) {
      observed += (cell / count) * weightOf(a, b);
      expected += (ofFirst[a] as number) * (ofSecond[b] as number) * weightOf(a, b);
    }
  }
  const kappa = beyondChance(observed, expected);
  if (kappa === null) return null;
  let sum = 0;
  for (const [a, row] of table.entries()) {
    for (const [b, cell] of row.entries()) {
      const margins = (toSecond[a] as number) + (toFirst[b] as number);
      sum += (cell / count) * (weightOf(a, b) * (1 - expected) - margins * (1 - observed)) ** 2;
    }
  }
  const variance = (sum - (observed * expected - 2 * expected + observed) ** 2) / ((1 - expected) ** 4 * count);
  const se = Math.sqrt(Math.max(0, variance));
  const half = normalQuantile((1 + level) / 2) * se;
  return { kappa, se, low: kappa - half, high: kappa + half };
}

/** Computes (observed − expected) / (1 − expected) of two shares; null if chance alone agrees always. */
export function beyondChance(observed: number, expected: number): number | null {
  const rest = 1 - expected;
  // Shares are sums of rounded numbers.
  return rest > 1e-15 ? (observed - expected) / rest : null;
}

/** Creates the weight of two classes: 1 for the same one. */
export function classWeights(weights: KappaWeights, classes: number): (a: number, b: number) => number {
  const most = classes - 1;
  if (weights === "none" || most < 1) return (a, b) => (a === b ? 1 : 0);
  if (weights === "linear") return (a, b) => 1 - Math.abs(a - b) / most;
  return (a, b) => 1 - ((a - b) / most) ** 2;
}
