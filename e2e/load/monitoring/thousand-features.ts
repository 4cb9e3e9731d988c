import { binnedJensenShannon, binnedKs, binnedWasserstein } from "#server/stats/drift/calibrated/binned-distances.ts";
import { histogramTest } from "#server/stats/drift/calibrated/histogram-test.ts";
import { normalFrom, seededRandom } from "#server/stats/random.ts";
import { buildFeatureProfile } from "#server/watch/monitoring/profiles/build/build-feature-profile.ts";
import { addNumber } from "#server/watch/monitoring/state/add-value.ts";
import type { NumericProfile, NumericState, ProfiledFeature } from "#server/watch/monitoring/state/contract.ts";
import { emptyState } from "#server/watch/monitoring/state/empty-state.ts";
import { packState } from "#server/watch/monitoring/state/pack-state.ts";
import { unpackState } from "#server/watch/monitoring/state/unpack-state.ts";
import { quantile } from "../raw-clients.ts";
import { atMost, type Row } from "../report.ts";

const count = 1000;
const [referenceRows, currentRows] = [5000, 2000];
const most = 50;

/**
 * Measures the median time to compute all four statistics of each of a thousand features (PSI with its threshold, Kolmogorov and
 * Smirnov's, Wasserstein's, Jensen and Shannon's) from a stored state: with and without unpacking the state from its bytes.
 */
export function thousandFeatures(): Row[] {
  const features = madeFeatures();
  const packed = packState(madeState(features));
  const [whole, statistics]: [number[], number[]] = [[], []];
  let sum = 0;
  for (let round = 0; round < 30; round += 1) {
    const startedAt = performance.now();
    const state = unpackState(packed);
    const readAt = performance.now();
    for (const [index, feature] of features.entries())
      sum += statisticsOf(feature, state.features[index] as NumericState);
    whole.push(performance.now() - startedAt);
    statistics.push(performance.now() - readAt);
  }
  if (!(sum > 0)) throw new Error("The statistics are no numbers.");
  console.log(
    `${count} features: ${(packed.length / 1024).toFixed(0)} KiB packed; ${quantile(whole, 0.5).toFixed(1)} ms with unpacking`,
  );
  return [
    atMost(most, { name: "thousand-features-ms", unit: "ms", leeway: quantile(statistics, 0.5) }),
    atMost(most, { name: "thousand-features-whole-ms", unit: "ms", leeway: quantile(whole, 0.5) }),
  ];
}

function statisticsOf({ profile }: ProfiledFeature, { bins, min, max }: NumericState): number {
  const { bins: reference, edges, ...known } = profile as NumericProfile;
  const both = { reference, current: bins };
  const { psi = 0 } = histogramTest({ ...both, alpha: 1e-5 });
  const range = { min: Math.min(known.min, min), max: Math.max(known.max, max) };
  const deviation = Math.sqrt(known.m2 / known.count);
  return psi + binnedKs(both).d + binnedWasserstein(both, { edges, range }) / deviation + binnedJensenShannon(both);
}

function madeFeatures(): ProfiledFeature[] {
  const random = seededRandom(1);
  return Array.from({ length: count }, (_, at) => ({
    name: `f${at}`,
    role: "input" as const,
    profile: buildFeatureProfile(
      "numeric",
      Array.from({ length: referenceRows }, () => normalFrom(random)),
    ),
  }));
}

function madeState(features: readonly ProfiledFeature[]) {
  const random = seededRandom(2);
  const state = { ...emptyState(features), rows: currentRows };
  for (const [index, { profile }] of features.entries()) {
    for (let row = 0; row < currentRows; row += 1) {
      addNumber(state.features[index] as NumericState, profile as NumericProfile, normalFrom(random) + 0.1);
    }
  }
  return state;
}
