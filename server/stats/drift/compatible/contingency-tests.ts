import { ArgumentError } from "../../argument-error.ts";
import { chiSquareTail } from "../../chi-square.ts";
import { logHypergeometric } from "../../hypergeometric.ts";
import { normalShareBelow } from "../../normal.ts";
import { type Random, seededRandom } from "../../random.ts";
import type { Table } from "./column.ts";
import { totalVariation } from "./divergences.ts";

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

/**
 * Computes Evidently's chi-square: the reference counts as exact, levels − 1 degrees of freedom. 0 if the current side has a level
 * that the reference lacks.
 */
export function goodnessOfFit({ reference, current }: Table): number {
  const scale = sum(current) / sum(reference);
  let chiSquare = 0;
  for (const [level, count] of reference.entries()) {
    const expected = count * scale;
    const seen = current[level] as number;
    if (expected === 0 && seen > 0) return 0;
    if (expected > 0) chiSquare += (seen - expected) ** 2 / expected;
  }
  return chiSquareTail(chiSquare, reference.length - 1);
}

/**
 * Computes Evidently's G test, which uses unscaled reference counts as expected ones and therefore requires equal numbers of rows.
 * @throws ArgumentError when the numbers of rows differ, as Evidently does.
 */
export function gTest({ reference, current }: Table): number {
  if (sum(reference) !== sum(current))
    throw new ArgumentError("The G test needs as many current rows as reference rows.");
  let g = 0;
  for (const [level, seen] of current.entries()) {
    if (seen === 0) continue;
    if (reference[level] === 0) return 0;
    g += 2 * seen * Math.log(seen / (reference[level] as number));
  }
  return chiSquareTail(g, reference.length - 1);
}

/** Computes the two-sided p-value of two proportions, pooled; the first key counts as 0 and all others as 1. */
export function twoProportions({ reference, current }: Table): number {
  const [n, m] = [sum(reference), sum(current)];
  const p1 = 1 - (reference[0] as number) / n;
  const p2 = 1 - (current[0] as number) / m;
  const pooled = (p1 * n + p2 * m) / (n + m);
  const spread = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
  if (spread === 0) return 1;
  return 2 * normalShareBelow(-Math.abs(p1 - p2) / spread);
}

/** Computes Fisher's two-sided exact test on two levels: all tables at most as likely as the observed one (scipy's rule, 1e-7 of slack). */
export function fisherExact({ reference, current }: Table): number {
  if (reference.length > 2) throw new ArgumentError("Fisher's exact test needs two levels.");
  const urn = {
    total: sum(reference) + sum(current),
    marked: (reference[0] as number) + (current[0] as number),
    drawn: sum(reference),
  };
  const limit = logHypergeometric(reference[0] as number, urn) + Math.log1p(1e-7);
  let p = 0;
  for (let hits = Math.max(0, urn.drawn + urn.marked - urn.total); hits <= Math.min(urn.marked, urn.drawn); hits += 1) {
    const own = logHypergeometric(hits, urn);
    if (own <= limit) p += Math.exp(own);
  }
  return Math.min(1, p);
}

/** Rows are permuted one by one. */
const maxPermutedRows = 1e7;

/**
 * Computes the total variation with the p-value of 1,000 permutations. Evidently draws them with numpy's generator, so its p-value is
 * matched only within the error of 1,000 draws.
 */
export function totalVariationTest(table: Table, permutations = 1000): { statistic: number; pValue: number } {
  if (!(sum(table.reference) + sum(table.current) <= maxPermutedRows)) {
    throw new ArgumentError("A permutation test takes at most ten million rows.");
  }
  const statistic = totalVariation(table);
  const labels: number[] = [];
  for (const [level, count] of table.reference.entries())
    for (let row = 0; row < count + (table.current[level] as number); row += 1) labels.push(level);
  const random = seededRandom(0);
  let above = 0;
  for (let draw = 0; draw < permutations; draw += 1)
    if (totalVariation(shuffledTable(labels, table, random)) >= statistic - 1e-12) above += 1;
  return { statistic, pValue: above / permutations };
}

/** Redistributes the rows at random, keeping the number of current rows (a partial Fisher–Yates shuffle). */
function shuffledTable(labels: number[], table: Table, random: Random): Table {
  const current = table.current.map(() => 0);
  const rows = sum(table.current);
  for (let row = 0; row < rows; row += 1) {
    const other = row + Math.floor(random() * (labels.length - row));
    const level = labels[other] as number;
    labels[other] = labels[row] as number;
    labels[row] = level;
    current[level] = (current[level] as number) + 1;
  }
  const reference = table.reference.map(
    (count, level) => count + (table.current[level] as number) - (current[level] as number),
  );
  return { reference, current };
}
