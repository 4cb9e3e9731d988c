import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import type { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import type { FeatureSpec } from "../features/contract.ts";
import { FeatureReader } from "../features/feature-reader.ts";
import { featuresOf, specsByName } from "../features/features-of.ts";
import type { FeatureProfile, ProfiledFeature } from "../state/contract.ts";
import { EdgeGrid } from "../state/edge-grid.ts";
import { levelIndices } from "../state/level-indices.ts";
import { type RowPlan, rowPlan } from "./row-plan.ts";

interface Version {
  signature: Signature;
  pipeline?: { definition: Pipeline } | undefined;
}

/** A feature of the profile, ready to be counted. */
interface WatchedFeature {
  profile: FeatureProfile;
  /** Levels of a categorical feature. */
  places: ReadonlyMap<string, number> | undefined;
  /** Edges of a numeric feature. */
  grid: EdgeGrid | undefined;
}

/** Reader of a version's rows for the active profile. */
export interface WatchedVersion {
  profileId: string;
  profiled: readonly ProfiledFeature[];
  features: readonly WatchedFeature[];
  reader: FeatureReader;
  /** For rows with only valid values; undefined when each value must be inspected. */
  plan: RowPlan | undefined;
  /** Whether image features are measured. */
  hasPictures: boolean;
  /** Index of the score in the reader, within or after the profile's features; −1 if the version returns none. */
  score: number;
  indexByName: ReadonlyMap<string, number>;
}

/** Builds a monitored version. @param features of the profile, in its order */
export function watchedVersion(
  profileId: string,
  features: readonly ProfiledFeature[],
  version: Version,
): WatchedVersion {
  const { signature, pipeline } = version;
  const names = features.map(({ name }) => name);
  const specs: (FeatureSpec | undefined)[] = specsByName(signature, pipeline?.definition, names);
  let score = specs.findIndex((spec) => spec?.source.from === "score");
  if (score < 0) {
    const own = featuresOf(signature, pipeline?.definition).find(({ source }) => source.from === "score");
    if (own) score = specs.push(own) - 1;
  }
  const means = new Map<string, readonly number[]>();
  for (const [index, { profile }] of features.entries()) {
    const source = specs[index]?.source;
    const mean = profile.kind === "numeric" ? profile.meanRow : undefined;
    if (mean && source?.from === "embedding") means.set(source.tensor, mean);
  }
  const watched = features.map(({ profile }) => ({
    profile,
    places: profile.kind === "categorical" ? levelIndices(profile) : undefined,
    grid: profile.kind === "numeric" ? new EdgeGrid(profile.edges) : undefined,
  }));
  return {
    profileId,
    profiled: features,
    score,
    hasPictures: specs.some((spec) => spec?.source.from === "picture"),
    features: watched,
    plan: rowPlan({ specs, places: watched.map(({ places: indices }) => indices), score, labels: signature.labels }),
    reader: new FeatureReader(specs, { labels: signature.labels, means }),
    indexByName: new Map(names.map((name, index) => [name, index])),
  };
}
