import type { Point } from "#components/charts/prepare.ts";
import type { SweepSpec, SweepTrial } from "#server/improve/training/sweeps/contract.ts";

/** Returns the best finished value up to each trial, in the order in which the trials ended; a trial without a number changes nothing. */
export function bestSoFar(list: readonly SweepTrial[], goal: SweepSpec["goal"]): Point[] {
  const ended = list
    .filter(({ state, endedAt }) => state === "finished" && endedAt !== null)
    .toSorted((a, b) => Number(new Date(a.endedAt ?? 0)) - Number(new Date(b.endedAt ?? 0)) || a.trial - b.trial);
  let best: number | null = null;
  return ended.map(({ metric }, index) => {
    if (metric !== null)
      best = best === null ? metric : goal === "max" ? Math.max(best, metric) : Math.min(best, metric);
    return { at: index + 1, value: best };
  });
}
