/** An attempt on a machine that could be taken away, with the prices of an hour of it. */
export interface SpotAttempt {
  hours: number;
  spotPrice: number;
  onDemandPrice: number;
  /** Hours of its work that a later attempt had to do again. */
  lostHours: number;
}

/**
 * Returns the money that spot machines saved: what the same hours had cost on demand, less what the work costs that was done twice. Below 0
 * where they cost more than they saved. docs/spec/training.md section 16.
 */
export function spotSaving(attempts: readonly SpotAttempt[]): number {
  return attempts.reduce(
    (sum, { hours, spotPrice, onDemandPrice, lostHours }) =>
      sum + hours * (onDemandPrice - spotPrice) - lostHours * spotPrice,
    0,
  );
}
