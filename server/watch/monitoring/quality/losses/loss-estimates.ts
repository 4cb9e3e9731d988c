import { z95 } from "#server/stats/estimation/cell-metrics.ts";
import { expectedLoss } from "#server/stats/estimation/loss-model.ts";
import type { ProfiledFeature, SpanState } from "../../state/contract.ts";
import type { Measured, Metrics } from "../contract.ts";
import type { ReferenceLosses, StoredLoss } from "./contract.ts";
import { histogramOf } from "./feature-bins.ts";

/**
 * Estimates the errors of a window's predictions (docs/spec/drift.md section 11.5) from sums over its stored histograms. The interval is
 * that of a mean of as many rows with losses that vary as on the reference; it ignores regions that the reference did not cover.
 */
export function lossEstimates(
  losses: ReferenceLosses,
  features: readonly ProfiledFeature[],
  state: SpanState,
): Metrics {
  if (state.rows <= 0) return {};
  const absolute = estimateOf(losses.absolute, features, state);
  const squared = estimateOf(losses.squared, features, state);
  const root = (value: number | null) => (value === null ? null : Math.sqrt(Math.max(0, value)));
  return {
    meanAbsoluteError: absolute,
    rootMeanSquaredError: {
      ...squared,
      value: root(squared.value) ?? 0,
      low: root(squared.low),
      high: root(squared.high),
    },
  };
}

function estimateOf(
  { base, deviation, effects }: StoredLoss,
  features: readonly ProfiledFeature[],
  state: SpanState,
): Measured {
  const seen = features.flatMap(({ name, profile }, index) => {
    const effect = effects[name];
    const histogram = effect && histogramOf(profile, state.features[index]);
    return histogram ? [{ effect, histogram }] : [];
  });
  const model = { base, deviation, effects: seen.map(({ effect }) => effect) };
  const value = Math.max(
    0,
    expectedLoss(
      model,
      seen.map(({ histogram }) => histogram),
    ),
  );
  const half = (z95 * deviation) / Math.sqrt(state.rows);
  return { value, low: Math.max(0, value - half), high: value + half, rows: state.rows };
}

/** Estimates of several versions in one, each by its rows. */
export function mergeLosses(all: readonly Metrics[]): Metrics {
  const merged: Metrics = {};
  for (const key of ["meanAbsoluteError", "rootMeanSquaredError"] as const) {
    const parts = all.flatMap((one) => one[key] ?? []);
    const rows = parts.reduce((sum, part) => sum + part.rows, 0);
    if (rows === 0) continue;
    // Means of squares add up, not their roots.
    const [into, out] =
      key === "rootMeanSquaredError" ? [(x: number) => x * x, Math.sqrt] : [(x: number) => x, (x: number) => x];
    const of = (read: (part: Measured) => number) =>
      out(parts.reduce((sum, part) => sum + into(read(part)) * part.rows, 0) / rows);
    merged[key] = {
      value: of(({ value }) => value),
      low: of(({ low, value }) => low ?? value),
      high: of(({ high, value }) => high ?? value),
      rows,
    };
  }
  return merged;
}
