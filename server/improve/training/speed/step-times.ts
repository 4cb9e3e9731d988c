import type { Spread } from "./contract.ts";

interface Point {
  step: number;
  /** Milliseconds since 1970. */
  timestamp: number;
}

/**
 * Seconds of a step between each two points of a metric, from the times at which they were logged. A pair of points that another attempt came
 * between is left out, and so is one whose step does not rise: it is the same step, or one that was repeated from a checkpoint.
 * @param points in order of their times @param starts milliseconds since 1970 at which attempts started
 */
export function stepSeconds(points: readonly Point[], starts: readonly number[]): number[] {
  const found: number[] = [];
  let before: Point | undefined;
  for (const point of points) {
    const from = before;
    if (from && point.step === from.step) continue;
    before = point;
    if (!from || point.step < from.step) continue;
    if (starts.some((at) => from.timestamp < at && at <= point.timestamp)) continue;
    found.push((point.timestamp - from.timestamp) / 1000 / (point.step - from.step));
  }
  return found;
}

/** Quantile by nearest rank; null without values. @param share from 0 to 1 */
export function nearestRank(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

/** Mean, highest and last of values; null without any. */
export function spreadOf(values: readonly number[]): Spread | null {
  const last = values.at(-1);
  if (last === undefined) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, max: values.reduce((top, value) => Math.max(top, value)), last, count: values.length };
}

const ofStep =
  /(?:^|[/_.])(?:step|iter|iteration|batch)(?:_?(?:time|duration|seconds)(?:_ms)?|_(?:s|ms|milliseconds))(?:[/_.]|$)/i;
const ofData = /(?:^|[/_.])(?:data|dataloader)_?(?:wait|load|loading|time)(?:[/_.]|$)/i;
const inMilliseconds = /(?:^|[/_.])(?:ms|milliseconds)$/i;

/** Finds the metrics by which programs log how long a step takes and waits for data; the shortest name of several. */
export function findTimeMetrics(keys: readonly string[]): { step: string | undefined; data: string | undefined } {
  const own = keys
    .filter((key) => !key.startsWith("system/"))
    .toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const data = own.find((key) => ofData.test(key));
  return { step: own.find((key) => key !== data && ofStep.test(key)), data };
}

/** Returns what to multiply the values of a metric of time with for seconds. */
export function secondsOf(key: string): number {
  return inMilliseconds.test(key) ? 0.001 : 1;
}
