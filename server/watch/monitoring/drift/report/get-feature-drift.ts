import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { FeatureProfile, FeatureState } from "../../state/contract.ts";
import { type FeatureDetail, GetFeatureDrift } from "./contract.ts";
import { levelBars, numberBars, quantileOfBins } from "./display-bins.ts";
import { evaluateRange } from "./evaluate-range.ts";
import { describeFixedLine } from "./fixed-line.ts";
import { reportsOf } from "./get-drift.ts";
import { segmentShifts } from "./segment-shifts.ts";

/**
 * Returns one feature over a range: its distribution beside that of the reference, a description of the change, and the segments with
 * the change.
 * @throws DomainError "not-found" for an unknown endpoint or feature, or while there is nothing to compare
 */
export async function getFeatureDrift(ctx: Context, input: GetFeatureDrift): Promise<FeatureDetail> {
  permit(ctx, "getFeatureDrift");
  const { feature: name, ...query } = GetFeatureDrift.parse(input);
  const { found, profile, evaluation } = await evaluateRange(ctx, query);
  const index = profile?.features.findIndex((feature) => feature.name === name) ?? -1;
  const report = profile && evaluation ? reportsOf(profile, evaluation.state, evaluation.features)[index] : undefined;
  const known = profile?.features[index];
  if (!report || !known || !evaluation || !profile) {
    throw new DomainError("not-found", `There is no feature "${name}" to compare in this range.`);
  }
  const state = evaluation.state.features[index];
  return {
    feature: report,
    fixedLine: describeFixedLine(report, { profile: known.profile, state }, found.monitor.settings) ?? null,
    bins: state ? barsOf(known.profile, state) : [],
    numbers: state ? numbersOf(known.profile, state) : null,
    unseenLevels:
      state?.kind === "categorical" ? [...state.unseenTop].map(([level, rows]) => ({ level, rows })).slice(0, 16) : [],
    segments:
      report.state === "usual" ? [] : await segmentShifts(ctx, found, { profile, index, total: evaluation.state }),
  };
}

function barsOf(profile: FeatureProfile, state: FeatureState): FeatureDetail["bins"] {
  if (profile.count === 0 || state.count === 0) return [];
  if (profile.kind === "numeric" && state.kind === "numeric") return numberBars(profile, state);
  return profile.kind === "categorical" && state.kind === "categorical" ? levelBars(profile, state) : [];
}

function numbersOf(profile: FeatureProfile, state: FeatureState): FeatureDetail["numbers"] {
  if (profile.kind !== "numeric" || state.kind !== "numeric") return null;
  return {
    referenceMedian: quantileOfBins(profile.edges, profile.bins, profile, 0.5),
    median: quantileOfBins(profile.edges, state.bins, { min: state.min, max: state.max }, 0.5),
    referenceMean: profile.count === 0 ? null : profile.mean,
    mean: state.count === 0 ? null : state.mean,
  };
}
