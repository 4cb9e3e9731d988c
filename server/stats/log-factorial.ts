import { logGamma } from "./gamma.ts";

let table = new Float64Array(1);
const largest = 1 << 18;

/**
 * Returns ln n! of a non-negative integer: up to 262,144 from a table of exact sums that grows on demand, above that from ln Γ. Draws of
 * counts call it millions of times.
 */
export function logFactorial(n: number): number {
  if (n < table.length) return table[n] as number;
  if (n >= largest) return logGamma(n + 1);
  const grown = new Float64Array(Math.min(largest, Math.max(1024, 2 * n)));
  // Kahan summation: plain additions would lose the eighth digit of small tails.
  let [sum, lost] = [0, 0];
  for (let k = 1; k < grown.length; k += 1) {
    const term = Math.log(k) - lost;
    const next = sum + term;
    lost = next - sum - term;
    sum = next;
    grown[k] = sum;
  }
  table = grown;
  return table[n] as number;
}

/** Computes ln of "n choose k"; −∞ if there is no way to choose. */
export function logChoose(n: number, k: number): number {
  if (k < 0 || k > n) return Number.NEGATIVE_INFINITY;
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}
