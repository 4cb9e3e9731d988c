import { type CountedAge, completenessAt, lagDistribution, maturityOf } from "#server/stats/estimation/completeness.ts";
import type { Maturity } from "../contract.ts";
import { lagOfBucket } from "../counts/lag-buckets.ts";

/** Label delays observed so far. */
export interface LabelLags {
  /** Bucket and how many labels. */
  lags: readonly (readonly [number, number])[];
  /** Predictions without a label by age. */
  waiting: readonly CountedAge[];
}

/** Determines when labels are complete: as set, or estimated without bias from arrived and pending ones (docs/spec/drift.md section 12). */
export function maturityFrom({ lags, waiting }: LabelLags, fixedMs: number | null, now: number): Maturity {
  const ages = lags.map(([bucket, count]) => ({ ageMs: lagOfBucket(bucket), count }));
  const steps = lagDistribution(ages, waiting);
  const horizonMs = fixedMs ?? maturityOf(steps);
  return {
    horizonMs,
    isFixed: fixedMs !== null,
    matureUntil: horizonMs === null ? null : new Date(now - horizonMs),
    curve: steps.map(({ ageMs, share }) => ({ ageMs, share, completeness: completenessAt(steps, ageMs) })),
    labels: ages.reduce((sum, { count }) => sum + count, 0),
  };
}

/** Returns the share of all expected labels that have arrived by an age. Null while the label delay is unknown. */
export function completeAt({ curve }: Pick<Maturity, "curve">, ageMs: number): number | null {
  if (curve.length === 0) return null;
  return curve.findLast((step) => step.ageMs <= ageMs)?.completeness ?? 0;
}

/** Whether all predictions up to a moment are as old as the horizon. False while the horizon is unknown. */
export function isMatureAt({ horizonMs }: Pick<Maturity, "horizonMs">, until: number, now: number): boolean {
  return horizonMs !== null && until <= now - horizonMs;
}
