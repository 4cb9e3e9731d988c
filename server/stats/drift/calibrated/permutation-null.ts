import { hypergeometricFrom } from "../../hypergeometric.ts";
import type { Random } from "../../random.ts";
import { total } from "./calibrated-test.ts";
import type { Cells } from "./pool-cells.ts";

/** The rank of what was seen among draws, and the value above which α of the draws lie. */
export interface SimulatedNull {
  pValue: number;
  line: number;
}

/** Rows per cell up to which drawing rows one by one is faster than drawing counts by cell. */
const rowsACell = 20;
const maxRows = 200_000;

/**
 * Returns a function that draws the chi-square of a table under the hypothesis that both samples come from one source: all rows are
 * pooled, and each side's number of rows is drawn (multivariate hypergeometric, the null of a permutation test). Exact for every
 * distribution of levels.
 * @returns a function that gives the chi-square (twoSampleChiSquare) of one draw after another.
 */
export function permutedChiSquare({ reference, current }: Cells, random: Random): () => number {
  const pooled = Float64Array.from(reference, (count, cell) => count + (current[cell] as number));
  const [n, m] = [total(reference), total(current)];
  // Margins stay, so that chi-square is a sum of squares: N² / (n m) · Σ (c − t · m / N)² / t, for either side.
  const rows = Math.min(n, m);
  const weights = pooled.map((count) => (n + m) ** 2 / (n * m) / count);
  return rows <= rowsACell * pooled.length && n + m <= maxRows
    ? byRows(pooled, weights, rows, random)
    : byCells(pooled, weights, rows, random);
}

/** Draws the first rows of a pool by a partial shuffle, after which it is still random for the next draw. */
function byRows(pooled: Float64Array, weights: Float64Array, rows: number, random: Random): () => number {
  const all = total(pooled);
  const pot = new Uint16Array(all);
  const drawn = new Float64Array(pooled.length);
  let end = 0;
  for (let cell = 0; cell < pooled.length; cell += 1) {
    pot.fill(cell, end, end + (pooled[cell] as number));
    end += pooled[cell] as number;
  }
  return () => {
    drawn.fill(0);
    for (let row = 0; row < rows; row += 1) {
      const other = row + Math.floor(random() * (all - row));
      const cell = pot[other] as number;
      pot[other] = pot[row] as number;
      pot[row] = cell;
      drawn[cell] = (drawn[cell] as number) + 1;
    }
    return sumOfSquares(drawn, pooled, weights, rows / all);
  };
}

/** Counts cell by cell. */
function byCells(pooled: Float64Array, weights: Float64Array, rows: number, random: Random): () => number {
  const all = total(pooled);
  const drawn = new Float64Array(pooled.length);
  return () => {
    let [left, pot] = [rows, all];
    for (let cell = 0; cell < pooled.length; cell += 1) {
      const marked = pooled[cell] as number;
      const hits = left === 0 ? 0 : hypergeometricFrom({ total: pot, marked, drawn: left }, random);
      drawn[cell] = hits;
      left -= hits;
      pot -= marked;
    }
    return sumOfSquares(drawn, pooled, weights, rows / all);
  };
}

function sumOfSquares(drawn: Float64Array, pooled: Float64Array, weights: Float64Array, share: number): number {
  let sum = 0;
  for (let cell = 0; cell < drawn.length; cell += 1) {
    const away = (drawn[cell] as number) - share * (pooled[cell] as number);
    sum += (weights[cell] as number) * away * away;
  }
  return sum;
}

/**
 * Returns rank / (R + 1) of a value among R draws of its null, ties broken at random: p ≤ α for exactly α of the windows without drift
 * (Dwass 1957). Drawing stops early once so many draws are above that the value cannot be an alarm (Besag and Clifford 1991).
 */
export function rankAmong(
  draw: () => number,
  { value, alpha, draws, random }: { value: number; alpha: number; draws: number; random: Random },
): SimulatedNull {
  const enough = 2 * Math.floor(alpha * (draws + 1));
  const hair = 1e-9 * Math.max(Math.abs(value), 1e-300);
  const values = new Float64Array(draws);
  let [above, tied, count] = [0, 0, 0];
  while (count < draws && above <= enough) {
    const drawn = draw();
    values[count] = drawn;
    count += 1;
    if (drawn > value + hair) above += 1;
    else if (drawn >= value - hair) tied += 1;
  }
  const rank = 1 + above + Math.floor(random() * (tied + 1));
  return { pValue: rank / (count + 1), line: upperQuantile(values.subarray(0, count), alpha) };
}

/** Returns the draw that at most α of all draws and the observed value exceed. */
function upperQuantile(values: Float64Array, alpha: number): number {
  values.sort();
  const above = Math.floor(alpha * (values.length + 1));
  return above === 0 ? Number.POSITIVE_INFINITY : (values[values.length - above] as number);
}
