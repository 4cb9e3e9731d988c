import { ArgumentError } from "../../argument-error.ts";
import { incompleteBeta } from "../../beta.ts";
import { chiSquareTail } from "../../chi-square.ts";
import { momentsOf } from "./column.ts";

/** Computes Student's two-sided t test of equal means with one variance for both sides. */
export function studentT(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  const [n, m] = [reference.length, current.length];
  const [r, c] = [momentsOf(reference), momentsOf(current)];
  const freedom = n + m - 2;
  const variance = (r.deviation ** 2 * n + c.deviation ** 2 * m) / freedom;
  const t = (r.mean - c.mean) / Math.sqrt(variance * (1 / n + 1 / m));
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

/**
 * Epps and Singleton's test of the characteristic functions at 0.4 and 0.8 (scipy's epps_singleton_2samp).
 * @throws ArgumentError where half of all values are equal, as scipy does.
 */
export function eppsSingleton(
  reference: Float64Array,
  current: Float64Array,
): { statistic: number; degrees: number; pValue: number } {
  const [n, m] = [reference.length, current.length];
  const all = n + m;
  const pooled = Float64Array.from([...reference, ...current]).sort();
  const sigma = (quantile(pooled, 0.75) - quantile(pooled, 0.25)) / 2;
  if (sigma === 0) throw new ArgumentError("The quartiles of the pooled sample are equal.");
  const at = [0.4 / sigma, 0.8 / sigma];
  const [r, c] = [waves(reference, at), waves(current, at)];
  const spread = r.covariance.map((own, index) => (all / n) * own + (all / m) * (c.covariance[index] as number));
  const difference = r.mean.map((own, index) => own - (c.mean[index] as number));
  const { form, rank } = inverseForm(spread, difference);
  let statistic = all * form;
  if (Math.max(n, m) < 25) statistic /= 1 + all ** -0.45 + 10.1 * (n ** -1.7 + m ** -1.7);
  return { statistic, degrees: rank, pValue: chiSquareTail(statistic, rank) };
}

/** Computes a quantile of sorted values, interpolated like numpy. */
function quantile(sorted: ArrayLike<number>, share: number): number {
  const index = (sorted.length - 1) * share;
  const floor = Math.floor(index);
  const low = sorted[floor] as number;
  return low + (index - floor) * ((sorted[floor + 1] ?? low) - low);
}

/** Computes mean and covariance (by n) of cos and sin at both points. */
function waves(values: Float64Array, at: number[]): { mean: number[]; covariance: number[] } {
  const of = (value: number) => [...at.map((t) => Math.cos(t * value)), ...at.map((t) => Math.sin(t * value))];
  const mean = [0, 0, 0, 0];
  for (const value of values)
    for (const [index, own] of of(value).entries()) mean[index] = (mean[index] as number) + own;
  for (let index = 0; index < 4; index += 1) mean[index] = (mean[index] as number) / values.length;
  const covariance = new Array<number>(16).fill(0);
  for (const value of values) {
    const away = of(value).map((own, index) => own - (mean[index] as number));
    for (let i = 0; i < 4; i += 1)
      for (let j = 0; j < 4; j += 1)
        covariance[4 * i + j] =
          (covariance[4 * i + j] as number) + ((away[i] as number) * (away[j] as number)) / values.length;
  }
  return { mean, covariance };
}

/** Computes xᵀ A⁺ x and the rank of a symmetric 4 × 4 matrix, by its eigenvalues (Jacobi rotations). */
function inverseForm(matrix: number[], x: number[]): { form: number; rank: number } {
  const a = matrix.slice();
  const vectors = Array.from({ length: 16 }, (_, index) => (index % 5 === 0 ? 1 : 0));
  for (let sweep = 0; sweep < 60; sweep += 1)
    for (let p = 0; p < 3; p += 1) for (let q = p + 1; q < 4; q += 1) rotate(a, vectors, p, q);
  const values = [0, 1, 2, 3].map((index) => a[5 * index] as number);
  const largest = Math.max(...values.map(Math.abs));
  let [form, rank] = [0, 0];
  for (const [index, value] of values.entries()) {
    if (Math.abs(value) <= largest * 4 * Number.EPSILON) continue;
    const along = x.reduce((sum, own, row) => sum + own * (vectors[4 * row + index] as number), 0);
    form += (along * along) / value;
    rank += 1;
  }
  return { form, rank };
}

function rotate(a: number[], vectors: number[], p: number, q: number): void {
  const off = a[4 * p + q] as number;
  if (Math.abs(off) < 1e-300) return;
  const theta = ((a[5 * q] as number) - (a[5 * p] as number)) / (2 * off);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(t * t + 1);
  const sine = t * cosine;
  const turn = (list: number[], first: number, second: number) => {
    const [one, two] = [list[first] as number, list[second] as number];
    list[first] = cosine * one - sine * two;
    list[second] = sine * one + cosine * two;
  };
  for (let k = 0; k < 4; k += 1) turn(a, 4 * k + p, 4 * k + q);
  for (let k = 0; k < 4; k += 1) turn(a, 4 * p + k, 4 * q + k);
  for (let k = 0; k < 4; k += 1) turn(vectors, 4 * k + p, 4 * k + q);
}
