interface Steps {
  fromStep: number | null;
  lastStep: number | null;
  endedAt: Date | null;
}

/**
 * Returns the step that a job is at, null where none is known. A resumed attempt that has logged none yet is at the step it began with, not where
 * the one before ended.
 * @param attempts in order
 */
export function reachedStep(attempts: readonly Steps[]): number | null {
  const present = attempts.findLast(({ fromStep, lastStep, endedAt }) => (lastStep ?? fromStep) !== null || !endedAt);
  return present?.lastStep ?? present?.fromStep ?? null;
}
