/** Count of numbers, their mean, and the sum of their squared distances to it. */
interface Moments {
  count: number;
  mean: number;
  m2: number;
}

/** Moments of two lots together, by Chan's formula (docs/spec/drift.md section 5.2). */
export function mergedMoments(a: Moments, b: Moments): Moments {
  const count = a.count + b.count;
  if (b.count === 0) return { count, mean: a.mean, m2: a.m2 };
  const distance = b.mean - a.mean;
  const mean = a.mean + (distance * b.count) / count;
  return { count, mean, m2: a.m2 + b.m2 + (distance * distance * a.count * b.count) / count };
}
