import { ArgumentError } from "../../argument-error.ts";
import { seededRandom, shuffled } from "../../random.ts";

/** All pairs are held: beyond so many rows of both sides together it is not worth their memory. */
const maxRows = 4000;

/**
 * Computes the maximum mean discrepancy with a Gaussian kernel as wide as the median distance within the reference, and the p-value of
 * 100 permutations (Evidently's empirical_mmd; the statistic is the same, the p-value within the error of 100 draws).
 * @throws ArgumentError above 4,000 rows: time and memory are quadratic in the number of rows.
 */
export function kernelTest(reference: Float64Array, current: Float64Array): { statistic: number; pValue: number } {
  const values = Float64Array.from([...reference, ...current]);
  if (values.length > maxRows)
    throw new ArgumentError(`This method takes at most ${maxRows} rows of both sides together.`);
  const gamma = 1 / medianSquare(reference);
  const kernel = (a: number, b: number) => Math.exp(-gamma * ((values[a] as number) - (values[b] as number)) ** 2);
  const all = values.length;
  const matrix = new Float64Array(all * all);
  for (let a = 0; a < all; a += 1)
    for (let b = 0; b < a; b += 1) matrix[a * all + b] = matrix[b * all + a] = kernel(a, b);
  const inOrder = Array.from({ length: all }, (_, index) => index);
  const statistic = discrepancy(matrix, inOrder, reference.length);
  const random = seededRandom(0);
  let above = 0;
  for (let draw = 0; draw < 100; draw += 1)
    if (statistic <= discrepancy(matrix, shuffled(all, random), reference.length)) above += 1;
  return { statistic, pValue: above / 100 };
}

/** Computes the mean within the first n, plus the mean within the rest, less twice the mean between; no row is paired with itself. */
function discrepancy(matrix: Float64Array, order: readonly number[], n: number): number {
  const all = order.length;
  const m = all - n;
  let [within, other, between] = [0, 0, 0];
  for (let a = 0; a < all; a += 1) {
    const row = (order[a] as number) * all;
    for (let b = 0; b < a; b += 1) {
      const value = matrix[row + (order[b] as number)] as number;
      if (a < n) within += value;
      else if (b >= n) other += value;
      else between += value;
    }
  }
  return (2 * within) / (n * (n - 1)) + (2 * other) / (m * (m - 1)) - (2 * between) / (n * m);
}

function medianSquare(values: Float64Array): number {
  const n = values.length;
  const squares = new Float64Array(n * n);
  for (let a = 0; a < n; a += 1)
    for (let b = 0; b < n; b += 1) squares[a * n + b] = ((values[a] as number) - (values[b] as number)) ** 2;
  squares.sort();
  const index = (squares.length - 1) / 2;
  const floor = Math.floor(index);
  // numpy's "nearest" takes the even one of two that are as near.
  const nearest = index - floor === 0.5 ? floor + (floor % 2) : Math.round(index);
  return (squares[nearest] as number) || 1;
}
