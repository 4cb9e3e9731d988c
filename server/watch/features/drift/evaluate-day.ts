import { describeFeature } from "#server/watch/monitoring/drift/report/describe-feature.ts";
import { MonitorSettings } from "../../monitoring/contract.ts";
import { divideBudget } from "../../monitoring/drift/evaluate/budget.ts";
import { evaluateFeature } from "../../monitoring/drift/evaluate/evaluate-feature.ts";
import { buildFeatureProfile } from "../../monitoring/profiles/build/build-feature-profile.ts";
import { addValue } from "../../monitoring/state/add-value.ts";
import type { FeatureState, ProfiledFeature, SpanState } from "../../monitoring/state/contract.ts";
import { emptyState } from "../../monitoring/state/empty-state.ts";
import type { ViewFeatureDrift, ViewProfile } from "./contract.ts";

/** A value as the engine returns it. */
export type MeasuredValue = number | string | null;

/** Rows by feature: each column has one value per row. */
export type MeasuredColumns = readonly { name: string; kind: "numeric" | "categorical"; values: MeasuredValue[] }[];

/** Makes the distributions of a reference. */
export function profilesOf(columns: MeasuredColumns): ViewProfile[] {
  return columns.map(({ name, kind, values }) => ({ name, profile: buildFeatureProfile(kind, values) }));
}

/** Counts rows by the bins and levels of a reference. A feature that the rows lack has no values. */
export function countDay(profiles: readonly ViewProfile[], columns: MeasuredColumns): SpanState {
  const state = emptyState(profiles.map(toProfiled));
  state.rows = columns[0]?.values.length ?? 0;
  for (const [index, { name, profile }] of profiles.entries()) {
    const values = columns.find((column) => column.name === name)?.values ?? [];
    for (const value of values) addValue(state.features[index] as FeatureState, profile, value);
  }
  return state;
}

/**
 * Evaluates the rows of one day against a reference by the tests of endpoints (docs/spec/drift.md section 6), with the budget of a feature view: one
 * false alarm in four weeks, by days.
 * @param seed names the day, so that ties are settled the same each time
 */
export function evaluateDay(profiles: readonly ViewProfile[], state: SpanState, seed: string): ViewFeatureDrift[] {
  const settings = MonitorSettings.parse({});
  const features = profiles.map(toProfiled);
  const { alphas } = divideBudget(features, { settings, length: "day", share: 1 });
  return features.map((feature, index) => {
    const own = state.features[index];
    const options = { settings, alphas, features: features.length, importance: null, isExpected: false, seed };
    const verdict = evaluateFeature(feature, own, { ...options, history: undefined });
    return {
      feature: feature.name,
      state: verdict.state,
      rows: verdict.rows,
      psi: verdict.psi,
      line: verdict.line,
      pValue: verdict.pValue,
      nullShare: verdict.missing?.share ?? 0,
      referenceNullShare: verdict.missing?.referenceShare ?? 0,
      words: describeFeature(verdict, feature.profile, own),
    };
  });
}

function toProfiled({ name, profile }: ViewProfile): ProfiledFeature {
  return { name, role: "input", profile };
}
