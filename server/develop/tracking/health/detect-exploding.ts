import { median, robustDeviation } from "#server/stats/robust.ts";
import { type Course, type Detected, figure, stepWord, type Valued, valued } from "./detected.ts";
import type { Thresholds } from "./thresholds.ts";

/** Minimum number of points for a baseline. */
const fewest = 20;
/** One spike, even a clipped one, is no explosion: so many points in a row are. */
const inARow = 5;
/** Robust deviations of the logarithm: a norm that often jumps tenfold may jump further. */
const deviations = 8;

/**
 * Detects a norm far above its earlier values: the last five values are all above `explodingFactor` times the median before, and above the
 * range of its own scatter (median times e to the eighth robust deviation of the logarithm).
 * @param openStep step at which an open finding started: earlier values stay the baseline, however long it lasts.
 */
export function detectExploding(
  { key, points }: Course,
  thresholds: Thresholds,
  openStep?: number | null,
): Detected | undefined {
  const positive = valued(points).filter(({ value }) => value > 0);
  const before = openStep == null ? positive.slice(0, -inARow) : positive.filter(({ step }) => step < openStep);
  if (before.length < fewest) return undefined;
  const logs = before.map(({ value }) => Math.log(value));
  const usual = Math.exp(median(logs));
  const limit = usual * Math.max(thresholds.explodingFactor, Math.exp(deviations * robustDeviation(logs)));
  const calm = positive.findLastIndex(({ value }) => value <= limit);
  const start: Valued | undefined = positive[calm + 1];
  const last = positive.at(-1);
  if (!start || !last || positive.length - calm - 1 < inARow) return undefined;
  return {
    kind: "exploding",
    metric: key,
    step: start.step,
    value: last.value,
    since: start.timestamp,
    words: `${key} is ${figure(last.value)}, ${figure(last.value / usual)}× its usual ${figure(usual)}, since ${stepWord(start.step)}.`,
  };
}
