import { binnedKs, binnedWasserstein } from "#server/stats/drift/calibrated/binned-distances.ts";
import type { CalibratedTest } from "#server/stats/drift/calibrated/calibrated-test.ts";
import { countsTest } from "#server/stats/drift/calibrated/counts-test.ts";
import { decisionBins, regroup, wantedBins } from "#server/stats/drift/calibrated/decision-bins.ts";
import { histogramTest } from "#server/stats/drift/calibrated/histogram-test.ts";
import type { FeatureProfile, FeatureState, NumericProfile, NumericState } from "../../state/contract.ts";

export interface Distribution {
  test: CalibratedTest;
  /** Counts by decision bin of a numeric feature, or by level of a categorical one, with "other" last. */
  counts: number[];
  /** Counts of the reference in the same cells. */
  reference: number[];
  ks: number | null;
  wasserstein: number | null;
}

interface Options {
  alpha: number;
  /** Settles ties of small tables: the same for the same window. */
  seed: string;
}

/**
 * Tests whether a feature is distributed as in the reference, by its kind (docs/spec/drift.md sections 6.1 and 6.2), and computes the
 * distances displayed with it (docs/spec/drift.md section 5.3).
 */
export function testDistribution(profile: FeatureProfile, state: FeatureState, options: Options): Distribution {
  const { alpha, seed } = options;
  const [reference, current] = cellsOf(profile, state);
  const samples = { reference, current, alpha, seed };
  const test =
    profile.kind === "numeric" && state.kind === "numeric"
      ? histogramTest({
          ...samples,
          reference: profile.bins,
          current: state.bins,
          isConstant: profile.min === profile.max && state.min === profile.min && state.max === profile.max,
        })
      : countsTest({ ...samples, ...levelsOf(profile, state) });
  const distances =
    profile.kind === "numeric" && state.kind === "numeric" ? numericDistances(profile, state) : levelDistances();
  return { test, counts: current, reference, ...distances };
}

/** Counts of the reference by decision bin or level, with "other" last. */
export function referenceCells(profile: FeatureProfile): number[] {
  if (profile.kind === "numeric") return regroup(profile.bins, decisionBins(profile.bins, wantedBins));
  return [...profile.levels.map(([, count]) => count), profile.other];
}

/** Levels that are counted one by one, the others, and those that the reference never had. */
function levelsOf(profile: FeatureProfile, state: FeatureState) {
  if (profile.kind !== "categorical" || state.kind !== "categorical")
    throw new Error("The state is not one of the profile's feature.");
  const counted = profile.levels.length;
  return {
    reference: profile.levels.map(([, count]) => count),
    current: state.levels.subarray(0, counted),
    unseen: state.unseen,
    other: {
      reference: profile.other,
      current: state.levels[counted] ?? 0,
      minCounted: profile.levels.reduce((least, [, count]) => Math.min(least, count), profile.count),
    },
  };
}

/** Counts of the reference and of the window in the same cells. */
function cellsOf(profile: FeatureProfile, state: FeatureState): [number[], number[]] {
  if (profile.kind === "numeric" && state.kind === "numeric") {
    return [referenceCells(profile), regroup(state.bins, decisionBins(profile.bins, wantedBins))];
  }
  if (profile.kind === "categorical" && state.kind === "categorical")
    return [referenceCells(profile), [...state.levels]];
  throw new Error("The state is not one of the profile's feature.");
}

function numericDistances(profile: NumericProfile, state: NumericState) {
  if (profile.count === 0 || state.count === 0) return levelDistances();
  const bins = { reference: profile.bins, current: state.bins };
  const range = { min: Math.min(profile.min, state.min), max: Math.max(profile.max, state.max) };
  const spread = Math.max(Math.sqrt(profile.m2 / profile.count), 0.001);
  const wasserstein = binnedWasserstein(bins, { edges: profile.edges, range }) / spread;
  return { ks: binnedKs(bins).d, wasserstein };
}

/** Levels have no order, so there is no distance between them. */
function levelDistances() {
  return { ks: null, wasserstein: null };
}
