/** The share of labels that arrived up to an age: a step of the Kaplan–Meier estimate. */
export interface LagStep {
  ageMs: number;
  /** Share of all predictions whose label had arrived by this age, from 0 to 1. */
  share: number;
}

/** Lags or ages that are the same, with how many there are. */
export interface CountedAge {
  ageMs: number;
  count: number;
}

/**
 * Estimates the distribution of the time from prediction to label, with pending labels counted as at risk up to their age (Kaplan and
 * Meier, JASA 53, 1958; docs/spec/drift.md section 12): S ← S·(1 − d/r), F = 1 − S.
 * @param lags of labelled predictions @param ages of predictions with a pending label
 * @returns a step at each different lag, in order
 */
export function lagDistribution(lags: readonly CountedAge[], ages: readonly CountedAge[]): LagStep[] {
  const labels = merged(lags);
  const waiting = ages.toSorted((a, b) => a.ageMs - b.ageMs);
  let atRisk = sum(labels) + sum(waiting);
  let survival = 1;
  let left = 0;
  return labels.map(({ ageMs, count }) => {
    for (; left < waiting.length && (waiting[left] as CountedAge).ageMs < ageMs; left += 1) {
      atRisk -= (waiting[left] as CountedAge).count;
    }
    survival *= 1 - count / atRisk;
    atRisk -= count;
    return { ageMs, share: 1 - survival };
  });
}

/** Computes the share of all eventual labels that has arrived by an age: F(a) / F(a_max). 0 without any label. */
export function completenessAt(steps: readonly LagStep[], ageMs: number): number {
  const most = steps.at(-1)?.share ?? 0;
  if (most === 0) return 0;
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle] as LagStep).ageMs <= ageMs) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? 0 : (steps[low - 1] as LagStep).share / most;
}

/** Returns the smallest age at which the given share of all eventual labels has arrived. Null without any label. */
export function maturityOf(steps: readonly LagStep[], completeness = 0.95): number | null {
  const most = steps.at(-1)?.share ?? 0;
  return steps.find(({ share }) => share >= completeness * most && share > 0)?.ageMs ?? null;
}

function merged(lags: readonly CountedAge[]): CountedAge[] {
  const counts = new Map<number, number>();
  for (const { ageMs, count } of lags) counts.set(ageMs, (counts.get(ageMs) ?? 0) + count);
  return [...counts].map(([ageMs, count]) => ({ ageMs, count })).sort((a, b) => a.ageMs - b.ageMs);
}

function sum(ages: readonly CountedAge[]): number {
  return ages.reduce((total, { count }) => total + count, 0);
}
