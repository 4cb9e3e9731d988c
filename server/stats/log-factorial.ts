import { logGamma } from "./gamma.ts";

let table = new Float64Array(1);
const largest = 1 << 18;

/**
 * ln n! of a whole number from 0 on: from a table of exact sums up to 262,144, which grows as it is asked for, and from ln Γ
 * beyond. Draws of counts ask for it millions of times.
 */
export function logFactorial(n: number): number {
  if (n < table.length) return table[n] as number;
  if (n >= largest) return logGamma(n + 1);
  const grown = new Float64Array(Math.min(largest, Math.max(1024, 2 * n)));
  // By Kahan's sum: plain additions would lose the eighth digit of small tails.
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

/** ln of "n choose k"; −∞ where there is no way to choose. */
export function logChoose(n: number, k: number): number {
  if (k < 0 || k > n) return Number.NEGATIVE_INFINITY;
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}
