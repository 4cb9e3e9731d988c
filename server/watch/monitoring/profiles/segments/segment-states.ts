import { RowBatch } from "../../collect/row-batch.ts";
import { SegmentNames } from "../../collect/segment-names.ts";
import { watchedVersion } from "../../collect/watched-version.ts";
import type { SpanState } from "../../state/contract.ts";
import { emptyState } from "../../state/empty-state.ts";
import type { VersionSides } from "../build/plan-reference.ts";
import type { SampledRow } from "../build/row-sample.ts";
import type { LoadedProfile } from "../load-profile.ts";

/**
 * Counts sampled rows of a reference by the segments of one feature, named and binned as gateways name and bin live ones.
 * @param name of the feature. @returns none where the reference does not have it
 */
export function segmentStates(
  profile: Pick<LoadedProfile, "id" | "features">,
  { signature, pipeline }: VersionSides,
  rows: readonly SampledRow[],
  name: string,
): Map<string, SpanState> {
  const watched = watchedVersion(profile.id, profile.features, {
    signature,
    pipeline: pipeline && { definition: pipeline },
  });
  const states = new Map<string, SpanState>();
  const index = watched.indexByName.get(name);
  if (index === undefined) return states;
  const known = profile.features[index]?.profile;
  const levels = known?.kind === "categorical" ? known.levels : undefined;
  const names = new SegmentNames();
  const batch = new RowBatch(watched);
  const stateOf = (segment: string) => {
    const state = states.get(segment) ?? emptyState(profile.features);
    states.set(segment, state);
    return state;
  };
  for (const { inputs, outputs } of rows) {
    watched.reader.bind({ inputs, outputs });
    const value = watched.reader.value(index, 0);
    if (value === null || value === undefined) continue;
    batch.take(0, [names.nameOf(name, String(value), levels)]);
    if (batch.isFull) batch.count(stateOf);
  }
  batch.count(stateOf);
  states.delete("");
  return states;
}
