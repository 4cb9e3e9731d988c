import { noiseAroundTrend } from "#server/stats/robust.ts";
import { type Course, type Detected, figure, stepWord, valued } from "./detected.ts";
import { levelsOf, windowOf } from "./smooth.ts";
import type { Thresholds } from "./thresholds.ts";

const fewest = 20;
/** A restart of the learning rate costs part of what was learned and is no divergence. */
const lostShare = 0.35;
const deviations = 6;

/**
 * Detects a loss far above its best for a long time. Far: its smoothed level is above the best one by `divergingShare` of the best, by a
 * third of the total improvement, and by six deviations of its noise. Long: for a tenth of the points, and at least ten.
 */
export function detectDiverging({ key, points }: Course, thresholds: Thresholds): Detected | undefined {
  const values = valued(points);
  if (values.length < fewest) return undefined;
  const levels = levelsOf(values, windowOf(values.length));
  const start = levels[0];
  const last = levels.at(-1);
  const best = levels.reduce((lowest, level) => (level.value < lowest.value ? level : lowest), levels[0] as never);
  if (!start || !last) return undefined;
  const noise = noiseAroundTrend(values.map(({ value }) => value));
  const rise = Math.max(
    thresholds.divergingShare * Math.abs(best.value),
    lostShare * (start.value - best.value),
    deviations * noise,
  );
  const near = levels.findLastIndex(({ value }) => value <= best.value + rise);
  const turned = levels[near + 1];
  const long = Math.max(10, values.length / 10);
  if (!turned || levels.length - near - 1 < long) return undefined;
  return {
    kind: "diverging",
    metric: key,
    step: turned.step,
    value: last.value,
    since: turned.timestamp,
    words: `${key} is ${figure(last.value)}, far above its best of ${figure(best.value)} at ${stepWord(best.step)}, since ${stepWord(turned.step)}.`,
  };
}
