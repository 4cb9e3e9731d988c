/** Mean of values and the sum of squared distances from it. Of how many values, the owner knows. */
export interface Moments {
  mean: number;
  m2: number;
}

/** Adds one value to the moments (Welford, Technometrics 4, 1962). @param count values including the new one */
export function addMoment({ mean, m2 }: Moments, value: number, count: number): Moments {
  const next = mean + (value - mean) / count;
  return { mean: next, m2: m2 + (value - mean) * (value - next) };
}

/** Merges the moments of `aCount` and `bCount` values (Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm", 1979). */
export function mergeMoments(a: Moments, aCount: number, b: Moments, bCount: number): Moments {
  if (bCount === 0) return a;
  if (aCount === 0) return b;
  const distance = b.mean - a.mean;
  const share = bCount / (aCount + bCount);
  return { mean: a.mean + distance * share, m2: a.m2 + b.m2 + distance * distance * aCount * share };
}

/** Returns moments from plain sums, which lose the spread of values that are large beside it. */
export function momentsOfSums(sum: number, squares: number, count: number): Moments {
  return count === 0 ? { mean: 0, m2: 0 } : { mean: sum / count, m2: Math.max(0, squares - (sum * sum) / count) };
}
