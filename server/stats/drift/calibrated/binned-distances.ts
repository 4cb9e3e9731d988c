/** A feature by bins in two samples. Edges are the interior ones, so there is one more bin than edges. */
export interface BinnedFeature {
  reference: ArrayLike<number>;
  current: ArrayLike<number>;
}

/** Largest distance of the two distribution functions, and how much more the raw values could have (docs/spec/drift.md section 5.3). */
export interface BinnedKs {
  /** At most the D of the raw values. */
  d: number;
  /** The D of the raw values is at most this much larger. */
  slack: number;
  /** From the limiting distribution; conservative, since d is at most D (docs/spec/drift.md section 6.5). */
  pValue: number;
}

/** Computes the Kolmogorov–Smirnov statistic from bins. NaN when a side has no rows. */
export function binnedKs({ reference, current }: BinnedFeature): BinnedKs {
  const { n, m } = totals(reference, current);
  let [sum, d, slack] = [0, 0, 0];
  for (let bin = 0; bin < reference.length; bin += 1) {
    const p = (reference[bin] as number) / n;
    const q = (current[bin] as number) / m;
    sum += p - q;
    if (sum > d) d = sum;
    else if (-sum > d) d = -sum;
    if (p > slack) slack = p;
    if (q > slack) slack = q;
  }
  if (n === 0 || m === 0) return { d: Number.NaN, slack: Number.NaN, pValue: Number.NaN };
  return { d, slack, pValue: kolmogorovTail(Math.sqrt((n * m) / (n + m)) * d) };
}

/** Computes Q(λ) = 2 Σ (−1)^(k+1) e^(−2k²λ²): the limiting tail of Kolmogorov's statistic (docs/spec/drift.md section 3.4). */
function kolmogorovTail(lambda: number): number {
  if (lambda < 0.04) return 1;
  if (lambda < 1) {
    // The same function by its theta transform, which converges where the alternating sum does not.
    let sum = 0;
    for (let k = 1; k < 40; k += 2) sum += Math.exp((-(k * k) * Math.PI * Math.PI) / (8 * lambda * lambda));
    return Math.max(0, 1 - (Math.sqrt(2 * Math.PI) / lambda) * sum);
  }
  let sum = 0;
  for (let k = 1; k < 20; k += 1) sum += (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * lambda * lambda);
  return Math.min(1, 2 * sum);
}

/**
 * Computes the Wasserstein distance from bins, assuming uniform values within a bin (docs/spec/drift.md section 5.3): within 2% of the
 * exact one with 512 bins. In the units of the feature; divided by the reference's standard deviation it is Evidently's.
 * @param edges interior edges. @param range smallest and largest value of both sides together.
 */
export function binnedWasserstein(
  { reference, current }: BinnedFeature,
  { edges, range }: { edges: ArrayLike<number>; range: { min: number; max: number } },
): number {
  const { n, m } = totals(reference, current);
  if (n === 0 || m === 0) return Number.NaN;
  const last = reference.length - 1;
  const [perReference, perCurrent] = [1 / n, 1 / m];
  let [distance, before, from] = [0, 0, range.min];
  for (let bin = 0; bin <= last; bin += 1) {
    const to = bin === last ? range.max : (edges[bin] as number);
    const after = before + (reference[bin] as number) * perReference - (current[bin] as number) * perCurrent;
    const [a, b] = [Math.abs(before), Math.abs(after)];
    const isOneSided = before * after >= 0;
    if (isOneSided) distance += ((to - from) * (a + b)) / 2;
    else distance += ((to - from) * (a * a + b * b)) / (2 * (a + b));
    before = after;
    from = to;
  }
  return distance;
}

/**
 * Parts of the distance that were computed last, by the counts of a bin: most bins of a window, and of all features of it, have one of a few
 * pairs of counts, and logarithms are half of the time of a thousand features.
 */
const recent = {
  n: 0,
  m: 0,
  reference: new Float64Array(1024),
  current: new Float64Array(1024),
  part: new Float64Array(1024),
};

function jensenShannonPart(r: number, c: number, n: number, m: number): number {
  const slot = (r * 31 + c) & 1023;
  if (recent.reference[slot] === r && recent.current[slot] === c) return recent.part[slot] as number;
  const [p, q] = [r / n, c / m];
  const both = p + q;
  const part = (p > 0 ? p * Math.log((2 * p) / both) : 0) + (q > 0 ? q * Math.log((2 * q) / both) : 0);
  recent.reference[slot] = r;
  recent.current[slot] = c;
  recent.part[slot] = part;
  return part;
}

/**
 * Computes the Jensen–Shannon distance from bins, by natural logarithms (docs/spec/drift.md section 3.3, with bins of the reference).
 * NaN when a side has no rows.
 */
export function binnedJensenShannon({ reference, current }: BinnedFeature): number {
  const { n, m } = totals(reference, current);
  if (n === 0 || m === 0) return Number.NaN;
  if (recent.n !== n || recent.m !== m) {
    Object.assign(recent, { n, m });
    recent.reference.fill(-1);
  }
  let sum = 0;
  for (let bin = 0; bin < reference.length; bin += 1)
    sum += jensenShannonPart(reference[bin] as number, current[bin] as number, n, m);
  return Math.sqrt(Math.max(0, sum / 2));
}

function totals(reference: ArrayLike<number>, current: ArrayLike<number>): { n: number; m: number } {
  let [n, m] = [0, 0];
  for (let bin = 0; bin < reference.length; bin += 1) {
    n += reference[bin] as number;
    m += current[bin] as number;
  }
  return { n, m };
}
