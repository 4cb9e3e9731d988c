import type { RedoneSpan } from "#server/develop/tracking/metrics/contract.ts";

interface Start {
  startedAt: Date | null;
  /** Checkpoint that it began with; null from the start. */
  resumedFrom: string | null;
  /** Step of that checkpoint; null where it is not known. */
  fromStep: number | null;
}

/** Says which points of a run its later attempts logged again: those before the start of an attempt, of steps above the one that it went on from. */
export function redoneSpans(attempts: readonly Start[]): RedoneSpan[] {
  const started = attempts.filter(({ startedAt }) => startedAt !== null);
  return started.slice(1).flatMap(({ startedAt, resumedFrom, fromStep }) => {
    const above = resumedFrom === null ? -1 : fromStep;
    return startedAt === null || above === null ? [] : [{ from: 0, to: startedAt.getTime() - 1, above }];
  });
}
