import type { Band, CellMetric } from "./cell-metrics.ts";

/** A labelled row of the reference. */
export interface ReferenceRow {
  score: number;
  isPredicted: boolean;
  isPositive: boolean;
}

/** Standard deviation of one row for a metric on the reference, and the share of rows that the metric is based on. */
export interface SamplingParts {
  deviation: number;
  fraction: number;
}

export type NannyMetric = CellMetric | "rocAuc";

/** Computes what NannyML 0.13.1 stores about the reference for its sampling error, by metric (docs/spec/drift.md section 11.2). */
export function samplingParts(rows: readonly ReferenceRow[]): Record<NannyMetric, SamplingParts> {
  const predicted = rows.filter(({ isPredicted }) => isPredicted);
  const positives = rows.filter(({ isPositive }) => isPositive);
  const negatives = rows.filter(({ isPositive }) => !isPositive);
  const part = (of: readonly ReferenceRow[], hit: (row: ReferenceRow) => boolean): SamplingParts => ({
    deviation: deviation(of.map((row) => (hit(row) ? 1 : 0))),
    fraction: shareOf(of.length, rows.length),
  });
  return {
    accuracy: part(rows, ({ isPositive, isPredicted }) => isPositive === isPredicted),
    precision: part(predicted, ({ isPositive }) => isPositive),
    recall: part(positives, ({ isPredicted }) => isPredicted),
    specificity: part(negatives, ({ isPredicted }) => !isPredicted),
    f1: f1Parts(rows),
    rocAuc: aucParts(rows, positives.length, negatives.length),
  };
}

/** Computes the estimate ± 3 standard errors of `rows` rows, within 0 and 1. */
export function nannyBand(estimate: number, { deviation, fraction }: SamplingParts, rows: number): Band {
  const half = deviation === 0 ? 0 : (3 * deviation) / Math.sqrt(rows * fraction);
  return { low: Math.max(0, estimate - half), high: Math.min(1, estimate + half) };
}

function f1Parts(rows: readonly ReferenceRow[]): SamplingParts {
  const hits = rows.filter(({ isPositive, isPredicted }) => isPositive && isPredicted).length;
  const misses = rows.filter(({ isPositive, isPredicted }) => isPositive !== isPredicted).length;
  const scale = hits + misses > 0 ? (hits + misses) / (hits + misses / 2) : 0;
  const ones = [...new Array<number>(hits).fill(scale), ...new Array<number>(misses).fill(0)];
  return { deviation: deviation(ones), fraction: shareOf(hits + misses, rows.length) };
}

/** Computes, for the i-th positive at position k of the ordered rows, the share of negatives before it. */
function aucParts(rows: readonly ReferenceRow[], positives: number, negatives: number): SamplingParts {
  const isFlipped = positives > negatives;
  const ordered = rows
    .map(({ score, isPositive }) => (isFlipped ? { score: -score, is: !isPositive } : { score, is: isPositive }))
    .sort((a, b) => a.score - b.score);
  const [minority, majority] = isFlipped ? [negatives, positives] : [positives, negatives];
  const before: number[] = [];
  ordered.forEach(({ is }, index) => {
    if (is) before.push((index - before.length) / majority);
  });
  return { deviation: deviation(before), fraction: shareOf(minority, rows.length) };
}

/** Computes the population standard deviation. */
function deviation(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

function shareOf(part: number, of: number): number {
  return of > 0 ? part / of : 0;
}
