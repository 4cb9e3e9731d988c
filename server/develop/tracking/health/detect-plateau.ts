import { median, noiseAroundTrend } from "#server/stats/robust.ts";
import { type Course, type Detected, figure, stepWord, valued } from "./detected.ts";
import { levelsOf, windowOf } from "./smooth.ts";
import type { Thresholds } from "./thresholds.ts";

const fewest = 100;
/** Deviation of a median of n normal values, times √n. */
const medianError = 1.2533;

/**
 * Detects a loss that has stopped improving: from the third to the last quarter of its points it improved by less than `plateauShare` of
 * its total improvement, even with a margin of two standard errors for noise. A running run may be stopped then.
 */
export function detectPlateau({ key, points }: Course, thresholds: Thresholds): Detected | undefined {
  const values = valued(points);
  if (values.length < fewest) return undefined;
  const levels = levelsOf(values, windowOf(values.length));
  const start = levels[0]?.value ?? 0;
  const best = Math.min(...levels.map(({ value }) => value));
  const quarter = Math.floor(values.length / 4);
  const third = values.slice(-2 * quarter, -quarter).map(({ value }) => value);
  const last = values.slice(-quarter).map(({ value }) => value);
  const error =
    (2 * Math.SQRT2 * medianError * noiseAroundTrend(values.map(({ value }) => value))) / Math.sqrt(quarter);
  const gain = median(third) - median(last);
  // A loss that never fell is measured by its own size.
  const learned = Math.max(start - best, 0.05 * Math.abs(start));
  if (gain + error >= thresholds.plateauShare * learned) return undefined;
  const since = levels.find(({ value }) => value <= best + error + thresholds.plateauShare * learned) ?? levels[0];
  if (!since) return undefined;
  return {
    kind: "plateau",
    metric: key,
    step: since.step,
    value: median(last),
    since: since.timestamp,
    words: `${key} is ${figure(median(last))} and has not improved since ${stepWord(since.step)}.`,
  };
}
