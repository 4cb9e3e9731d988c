import { normalShareBelow } from "../../normal.ts";
import { upperBound } from "./equal-width.ts";

/** A run of equal values in the pooled sample. */
interface Tie {
  /** Pooled values below it. */
  below: number;
  reference: number;
  current: number;
}

function ties(reference: Float64Array, current: Float64Array): Tie[] {
  const runs: Tie[] = [];
  let [i, j] = [0, 0];
  while (i < reference.length || j < current.length) {
    const value = Math.min(reference[i] ?? Number.POSITIVE_INFINITY, current[j] ?? Number.POSITIVE_INFINITY);
    const [toI, toJ] = [upperBound(reference, value, i), upperBound(current, value, j)];
    runs.push({ below: i + j, reference: toI - i, current: toJ - j });
    [i, j] = [toI, toJ];
  }
  return runs;
}

/** Up to so many rows on one side, and without ties, scipy counts the ranks out. */
const maxExactRanks = 8;
/** The same for Cramér and von Mises, for both sides and with ties. */
const maxExactPaths = 20;

/**
 * Computes the Mann–Whitney p-value with the alternative "reference is less" like scipy's "auto": exact for up to 8 rows on either side
 * without ties, else normal with corrections for ties and continuity.
 */
export function mannWhitneyLess(reference: Float64Array, current: Float64Array): number {
  const [n, m] = [reference.length, current.length];
  const all = n + m;
  let [rankSum, tied] = [0, 0];
  for (const run of ties(reference, current)) {
    const length = run.reference + run.current;
    rankSum += run.reference * (run.below + (length + 1) / 2);
    tied += length ** 3 - length;
  }
  const u = n * m - (rankSum - (n * (n + 1)) / 2);
  if (Math.min(n, m) <= maxExactRanks && tied === 0) return exactRankTail(u, n, m);
  const spread = Math.sqrt(((n * m) / 12) * (all + 1 - tied / (all * (all - 1))));
  return normalShareBelow(-(u - (n * m) / 2 - 0.5) / spread);
}

/**
 * Computes P(U ≥ u) of Mann and Whitney's U: the ways to reach each value are the coefficients of the Gaussian binomial
 * Π (1 − q^(m+i)) / (1 − q^i), i = 1 … n.
 */
function exactRankTail(u: number, n: number, m: number): number {
  const [few, many] = n < m ? [n, m] : [m, n];
  const ways = new Float64Array(n * m + 1);
  ways[0] = 1;
  for (let i = 1; i <= few; i += 1) {
    for (let at = ways.length - 1; at >= many + i; at -= 1)
      ways[at] = (ways[at] as number) - (ways[at - many - i] as number);
    for (let at = i; at < ways.length; at += 1) ways[at] = (ways[at] as number) + (ways[at - i] as number);
  }
  const whole = ways.reduce((sum, count) => sum + count, 0);
  // Both tails are alike; the lower one has its small counts exactly.
  const upTo = (last: number) => ways.subarray(0, Math.max(0, last + 1)).reduce((sum, count) => sum + count, 0) / whole;
  return u > (n * m) / 2 ? upTo(n * m - u) : 1 - upTo(u - 1);
}

/**
 * Computes the two-sample Cramér–von Mises p-value like scipy's "auto": exact for up to 20 rows on both sides, else by the limiting
 * distribution (docs/spec/drift.md section 3.5).
 */
export function cramerVonMises(reference: Float64Array, current: Float64Array): number {
  const [n, m] = [reference.length, current.length];
  const [all, k] = [n + m, n * m];
  let [i, j] = [0, 0];
  let [ofReference, ofCurrent] = [0, 0];
  for (const run of ties(reference, current)) {
    const rank = run.below + (run.reference + run.current + 1) / 2;
    for (let own = 0; own < run.reference; own += 1) ofReference += (rank - ++i) ** 2;
    for (let own = 0; own < run.current; own += 1) ofCurrent += (rank - ++j) ** 2;
  }
  const sum = n * ofReference + m * ofCurrent;
  if (Math.max(n, m) <= maxExactPaths) return exactCramerTail(sum, n, m);
  const t = sum / (k * all) - (4 * k - 1) / (6 * all);
  const expected = (1 + 1 / all) / 6;
  const variance = ((all + 1) * (4 * k * all - 3 * (n * n + m * m) - 2 * k)) / (45 * all * all * 4 * k);
  const tau = 1 / 6 + (t - expected) / Math.sqrt(45 * variance);
  return tau < 0.003 ? 1 : Math.max(0, 1 - cramerCdf(tau));
}

/** Values in ascending order, with the number of paths that have each. */
interface Paths {
  values: Float64Array;
  ways: Float64Array;
}

/**
 * Computes the exact tail of Cramér and von Mises' U: the share of lattice paths from (0, 0) to (n, m) whose squared distances from the
 * diagonal add up to as much (Xiao, Gordon and Yakovlev, "A C++ program for the Cramér–von Mises two-sample test", Journal of Statistical
 * Software 17, 2007).
 */
function exactCramerTail(sum: number, n: number, m: number): number {
  const lcm = (n * m) / gcd(n, m);
  const [right, up] = [lcm / n, lcm / m];
  const both = n * m;
  const limit = Math.floor((lcm * lcm * (n + m) * (6 * sum - both * (4 * both - 1))) / (6 * both * both));
  const none: Paths = { values: new Float64Array(0), ways: new Float64Array(0) };
  let column: Paths[] = Array.from({ length: n + 1 }, () => none);
  column[0] = { values: Float64Array.of(0), ways: Float64Array.of(1) };
  for (let j = 0; j <= m; j += 1) {
    let below = none;
    column = column.map((before, i) => {
      below = merged(below, before, (right * i - up * j) ** 2);
      return below;
    });
  }
  const { values, ways } = column[n] as Paths;
  let [above, whole] = [0, 0];
  for (let at = 0; at < values.length; at += 1) {
    whole += ways[at] as number;
    if ((values[at] as number) >= limit) above += ways[at] as number;
  }
  return above / whole;
}

/** Joins the paths of two neighbours and adds the same to all of their values. */
function merged(a: Paths, b: Paths, added: number): Paths {
  const values = new Float64Array(a.values.length + b.values.length);
  const ways = new Float64Array(values.length);
  let [i, j, end] = [0, 0, 0];
  while (i < a.values.length || j < b.values.length) {
    const value = Math.min(a.values[i] ?? Number.POSITIVE_INFINITY, b.values[j] ?? Number.POSITIVE_INFINITY);
    let count = 0;
    if (a.values[i] === value) count += a.ways[i++] as number;
    if (b.values[j] === value) count += b.ways[j++] as number;
    values[end] = value + added;
    ways[end] = count;
    end += 1;
  }
  return { values: values.slice(0, end), ways: ways.slice(0, end) };
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

function cramerCdf(x: number): number {
  let sum = 0;
  // u(k) = Γ(k + ½) / (Γ(k + 1) π^1.5 √x), by recursion from Γ(½) = √π.
  let u = Math.sqrt(Math.PI) / (Math.PI ** 1.5 * Math.sqrt(x));
  for (let k = 0; k < 100; k += 1) {
    const y = (4 * k + 1) ** 2 / (16 * x);
    const term = u * Math.sqrt(4 * k + 1) * Math.exp(-y) * besselQuarter(y);
    sum += term;
    if (Math.abs(term) < 1e-7) break;
    u *= (k + 0.5) / (k + 1);
  }
  return sum;
}

/** Computes the modified Bessel function of the second kind of order ¼: ∫ exp(−y cosh t) cosh(t/4) dt by the trapezoid rule. */
function besselQuarter(y: number): number {
  let sum = 0;
  for (let step = 0; step < 3000; step += 1) {
    const t = step * 0.01;
    const value = Math.exp(-y * Math.cosh(t)) * Math.cosh(t / 4);
    sum += step === 0 ? value / 2 : value;
    if (step > 0 && value < 1e-20 * sum) break;
  }
  return sum * 0.01;
}

const levels = [0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001];
const b0 = [0.675, 1.281, 1.645, 1.96, 2.326, 2.573, 3.085];
const b1 = [-0.245, 0.25, 0.678, 1.149, 1.822, 2.364, 3.615];
const b2 = [-0.105, -0.305, -0.362, -0.391, -0.396, -0.345, -0.154];

/** Computes the two-sample Anderson–Darling p-value, midranks, clipped to [0.001, 0.25] like scipy's (docs/spec/drift.md section 3.5). */
export function andersonDarling(reference: Float64Array, current: Float64Array): number {
  const [n, m] = [reference.length, current.length];
  const all = n + m;
  let [a2, upToReference, upToCurrent] = [0, 0, 0];
  for (const run of ties(reference, current)) {
    const l = run.reference + run.current;
    const b = run.below + l / 2;
    upToReference += run.reference;
    upToCurrent += run.current;
    const weight = l / all / (b * (all - b) - (all * l) / 4);
    a2 += (weight * (all * (upToReference - run.reference / 2) - n * b) ** 2) / n;
    a2 += (weight * (all * (upToCurrent - run.current / 2) - m * b) ** 2) / m;
  }
  a2 *= (all - 1) / all;
  return andersonPValue((a2 - 1) / Math.sqrt(andersonVariance(n, m)));
}

/** Computes the variance of the statistic for k = 2 samples (Scholz and Stephens 1987). */
function andersonVariance(n: number, m: number): number {
  const all = n + m;
  const k = 2;
  const H = 1 / n + 1 / m;
  let [h, g] = [0, 0];
  for (let i = 1; i < all; i += 1) h += 1 / i;
  let below = 0;
  for (let i = 1; i <= all - 2; i += 1) {
    below += 1 / i;
    g += (h - below) / (all - i);
  }
  const a = (4 * g - 6) * (k - 1) + (10 - 6 * g) * H;
  const b = (2 * g - 4) * k * k + 8 * h * k + (2 * g - 14 * h - 4) * H - 8 * h + 4 * g - 6;
  const c = (6 * h + 2 * g - 2) * k * k + (4 * h - 4 * g + 6) * k + (2 * h - 6) * H + 4 * h;
  const d = (2 * h + 6) * k * k - 4 * h * k;
  return (a * all ** 3 + b * all ** 2 + c * all + d) / ((all - 1) * (all - 2) * (all - 3));
}

function andersonPValue(statistic: number): number {
  const critical = b0.map((own, index) => own + (b1[index] as number) + (b2[index] as number));
  if (statistic < (critical[0] as number)) return 0.25;
  if (statistic > (critical.at(-1) as number)) return 0.001;
  const [constant, linear, square] = quadraticFit(critical, levels.map(Math.log));
  return Math.exp(constant + linear * statistic + square * statistic * statistic);
}

/** Fits a quadratic by ordinary least squares. */
function quadraticFit(x: number[], y: number[]): [number, number, number] {
  const rows = x.map((value) => [1, value, value * value]);
  const normal = [0, 1, 2].map((i) => [
    ...[0, 1, 2].map((j) => rows.reduce((sum, row) => sum + (row[i] as number) * (row[j] as number), 0)),
    rows.reduce((sum, row, index) => sum + (row[i] as number) * (y[index] as number), 0),
  ]);
  for (let pivot = 0; pivot < 3; pivot += 1) {
    const own = normal[pivot] as number[];
    for (let other = 0; other < 3; other += 1) {
      if (other === pivot) continue;
      const line = normal[other] as number[];
      const factor = (line[pivot] as number) / (own[pivot] as number);
      for (let column = pivot; column < 4; column += 1)
        line[column] = (line[column] as number) - factor * (own[column] as number);
    }
  }
  return normal.map((line, index) => (line[3] as number) / (line[index] as number)) as [number, number, number];
}
