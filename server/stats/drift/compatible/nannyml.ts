import { chiSquareTail } from "../../chi-square.ts";
import { twoSampleChiSquare } from "../calibrated/distances.ts";
import {
  type CompatibleColumn,
  type LevelColumn,
  momentsOf,
  type NumericColumn,
  rowsOf,
  type Table,
  tableOf,
} from "./column.ts";
import { jensenShannon, sharesOf } from "./divergences.ts";
import { doaneEdges, histogram } from "./equal-width.ts";

/** NannyML's variants of the scores (0.13.1; docs/spec/drift.md section 3.7). */
export interface NannymlScores {
  /** Score by the base-2 logarithm; the default for both types. */
  jensenShannon: number;
  bins: number;
  /** Largest difference of shares, of levels only. */
  infinity: number | null;
  /** √(Σ (√p − √q)²) / √2. */
  hellinger: number;
  /** Two-sample chi-square's p-value, of levels only; with Yates' correction for two of them. */
  chiSquarePValue: number | null;
}

/**
 * Computes all scores. Numbers are binned by Doane's rule on the reference; values outside of the bins, or unseen levels, form one
 * more bin of the distances.
 */
export function nannymlScores(reference: CompatibleColumn, current: CompatibleColumn): NannymlScores {
  const isNumeric = reference.type === "numerical" && current.type === "numerical";
  const table = isNumeric
    ? numericTable(reference, current)
    : levelTable(reference as LevelColumn, current as LevelColumn);
  const [p, q] = [sharesOf(table.reference), sharesOf(table.current)];
  const squares = p.reduce((sum, own, bin) => sum + (Math.sqrt(own) - Math.sqrt(q[bin] as number)) ** 2, 0);
  const levels = isNumeric ? null : tableOf(reference, current);
  return {
    jensenShannon: jensenShannon(table) / Math.sqrt(Math.LN2),
    bins: table.bins,
    hellinger: Math.sqrt(squares) / Math.SQRT2,
    infinity: levels && largestDifference(levels),
    chiSquarePValue: levels && contingencyPValue(levels),
  };
}

/** Computes the largest difference of shares; each level that only one side has counts by itself. */
function largestDifference({ reference, current }: Table): number {
  const [p, q] = [sharesOf(reference), sharesOf(current)];
  return p.reduce((most, own, level) => Math.max(most, Math.abs(own - (q[level] as number))), 0);
}

/** Computes scipy's chi2_contingency: two levels get Yates' correction. 1 for a single level. */
function contingencyPValue({ reference, current }: Table): number {
  const degrees = reference.length - 1;
  if (degrees < 1) return 1;
  if (degrees > 1) return chiSquareTail(twoSampleChiSquare(reference, current), degrees);
  const sides = [reference, current].map(([first = 0, second = 0]) => ({ first, rows: first + second }));
  const all = sides.reduce((sum, { rows }) => sum + rows, 0);
  const share = sides.reduce((sum, { first }) => sum + first, 0) / all;
  let chiSquare = 0;
  for (const { first, rows } of sides) {
    const away = Math.abs(first - share * rows);
    const corrected = away - Math.min(0.5, away);
    chiSquare += (corrected * corrected) / (rows * share * (1 - share));
  }
  return chiSquareTail(chiSquare, 1);
}

function numericTable(reference: NumericColumn, current: NumericColumn) {
  const edges = doaneEdges(reference.sorted, momentsOf(reference.sorted));
  const inside = histogram(current.sorted, edges);
  const outside = current.sorted.length - inside.reduce((sum, count) => sum + count, 0);
  return {
    reference: [...histogram(reference.sorted, edges), ...(outside > 0 ? [0] : [])],
    current: [...inside, ...(outside > 0 ? [outside] : [])],
    bins: edges.length - 1,
  };
}

function levelTable(reference: LevelColumn, current: LevelColumn) {
  const keys = [...reference.counts.keys()];
  const known = keys.map((key) => current.counts.get(key) ?? 0);
  const unseen = rowsOf(current) - known.reduce((sum, count) => sum + count, 0);
  return { reference: [...reference.counts.values(), 0], current: [...known, unseen], bins: keys.length };
}

/**
 * Computes NannyML's alert threshold: mean + 3 standard deviations (by n) of a method over chunks of the reference; drift has no lower
 * threshold.
 */
export function nannymlLimit(chunkScores: readonly number[]): number {
  const { mean, deviation } = momentsOf(chunkScores);
  return mean + 3 * deviation;
}
