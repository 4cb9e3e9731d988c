import type { GuardrailMetric } from "#server/serve/rollout/plan/contract.ts";
import { type CurvePoint, evidenceCurve } from "./evidence-series.ts";

/** Expected time of a required verdict, in milliseconds from the last point. */
export interface Forecast {
  likelyMs: number;
  /** Lower bound of a 90% interval. */
  lowMs: number;
  highMs: number;
}

/** Minimum number of points for a slope. */
const fewest = 4;
const z90 = 1.645;

/**
 * Forecasts when the evidence that a guardrail is safe reaches its threshold if it keeps growing as it did in this step. Growth is modelled
 * as a random walk with drift m and variance s² per second, whose time to climb r has the mean r/m and the variance r s²/m³ (inverse
 * Gaussian). Undefined as long as there are too few points or nothing grows.
 */
export function forecastProof(
  points: readonly CurvePoint[],
  metric: GuardrailMetric,
  logThreshold: number,
): Forecast | undefined {
  const step = points.at(-1)?.step;
  const own = evidenceCurve(
    points.filter((each) => each.step === step),
    metric,
  ).safe.flatMap(({ at, logE }) => (logE === null ? [] : [{ at, logE }]));
  const [first, last] = [own[0], own.at(-1)];
  if (!first || !last || own.length < fewest || last.at <= first.at) return undefined;
  const rest = logThreshold - last.logE;
  if (rest <= 0) return { likelyMs: 0, lowMs: 0, highMs: 0 };
  const drift = (last.logE - first.logE) / (last.at - first.at);
  if (drift <= 0) return undefined;
  let squares = 0;
  for (const [index, { at, logE }] of own.entries()) {
    const before = own[index - 1];
    if (before && at > before.at) squares += (logE - before.logE - drift * (at - before.at)) ** 2 / (at - before.at);
  }
  const variance = squares / (own.length - 1);
  const likelyMs = rest / drift;
  // Standard deviation of a log-normal distribution with the same variance: a time is never below zero.
  const spread = Math.sqrt(Math.log1p((rest * variance) / drift ** 3 / likelyMs ** 2));
  const middle = likelyMs * Math.exp(-(spread ** 2) / 2);
  return { likelyMs, lowMs: middle * Math.exp(-z90 * spread), highMs: middle * Math.exp(z90 * spread) };
}

/** Returns the forecast of the last pending verdict with its metric; undefined when none is pending or one cannot be forecast. */
export function lastProof(
  points: readonly CurvePoint[],
  waiting: readonly { metric: GuardrailMetric; logSafeThreshold: number }[],
): (Forecast & { metric: GuardrailMetric }) | undefined {
  const found = waiting.map(({ metric, logSafeThreshold }) => {
    const forecast = forecastProof(points, metric, logSafeThreshold);
    return forecast && { ...forecast, metric };
  });
  // A verdict that cannot be forecast may be the last.
  if (found.some((each) => each === undefined)) return undefined;
  return found.flatMap((each) => each ?? []).sort((a, b) => b.likelyMs - a.likelyMs)[0];
}
