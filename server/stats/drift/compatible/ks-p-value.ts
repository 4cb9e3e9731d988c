import { oneSampleTail } from "./one-sample-ks.ts";

/** Larger samples get the asymptotic form, as in scipy's "auto". */
const maxExact = 10_000;

/**
 * Computes the p-value of the two-sample Kolmogorov–Smirnov D like scipy: exact up to 10,000 rows on each side (docs/spec/drift.md
 * section 3.4).
 */
export function ksPValue(d: number, n: number, m: number): number {
  if (Math.max(n, m) <= maxExact) return exactKs(d, n, m);
  return Math.min(1, Math.max(0, oneSampleTail(d, roundHalfEven((n * m) / (n + m)))));
}

/** Rounds like numpy: halves, which two sides of equal odd length give, go to the even number. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}

/**
 * Computes the probability that a random path of n steps up and m to the right reaches a distance of D from the diagonal: by rows of
 * the lattice, all terms positive, so that tiny probabilities keep their digits. At most n · m steps; only the band inside is visited.
 */
function exactKs(d: number, n: number, m: number): number {
  const divisor = gcd(n, m);
  const [up, right] = [m / divisor, n / divisor];
  const limit = Math.round(d * n * up);
  if (limit === 0) return 1;
  const row = new Float64Array(m + 1).fill(1);
  for (let i = 0; i <= n; i += 1) {
    // Inside: |i · up − j · right| < limit.
    const first = Math.max(0, Math.floor((i * up - limit) / right) + 1);
    const last = Math.min(m, Math.ceil((i * up + limit) / right) - 1);
    if (first > 0) row[first - 1] = 1;
    for (let j = first; j <= last; j += 1) {
      if (i === 0) row[j] = j === 0 ? 0 : (row[j - 1] as number);
      else if (j > 0) row[j] = (i * (row[j] as number) + j * (row[j - 1] as number)) / (i + j);
    }
  }
  return Math.abs(n * up - m * right) >= limit ? 1 : (row[m] as number);
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
