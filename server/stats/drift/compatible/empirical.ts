import { requireNumbers } from "../../argument-error.ts";

/** Distances of two empirical distribution functions. */
export interface EmpiricalDistances {
  /** Kolmogorov and Smirnov: the largest difference. */
  d: number;
  /** Wasserstein: the area between, in the unit of the values. */
  wasserstein: number;
  /** Energy: √(2 ∫ (F − G)²). */
  energy: number;
}

/** Computes all three in one pass over both sorted sides; ties are consumed before each difference (docs/spec/drift.md section 3.3). */
export function empiricalDistances(reference: Float64Array, current: Float64Array): EmpiricalDistances {
  requireNumbers(reference);
  requireNumbers(current);
  const [n, m] = [reference.length, current.length];
  let [i, j] = [0, 0];
  let [d, area, squares] = [0, 0, 0];
  let value = Math.min(reference[0] as number, current[0] as number);
  while (i < n || j < m) {
    while (i < n && reference[i] === value) i += 1;
    while (j < m && current[j] === value) j += 1;
    const difference = Math.abs(i / n - j / m);
    if (difference > d) d = difference;
    if (i >= n && j >= m) break;
    const next =
      i >= n
        ? (current[j] as number)
        : j >= m
          ? (reference[i] as number)
          : Math.min(reference[i] as number, current[j] as number);
    area += difference * (next - value);
    squares += difference * difference * (next - value);
    value = next;
  }
  return { d, wasserstein: area, energy: Math.sqrt(2 * squares) };
}
