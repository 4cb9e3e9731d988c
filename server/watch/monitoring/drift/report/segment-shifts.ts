import type { Context } from "#server/base/context.ts";
import { decisionBins, regroup } from "#server/stats/drift/calibrated/decision-bins.ts";
import { smoothedPsi } from "#server/stats/drift/calibrated/distances.ts";
import { readStates } from "../../history/queries.ts";
import type { LoadedProfile } from "../../profiles/load-profile.ts";
import type { FeatureProfile, FeatureState, SpanState } from "../../state/contract.ts";
import type { FeatureDetail } from "./contract.ts";
import type { FoundRange } from "./find-range.ts";

const maxSegments = 40;
const maxShown = 3;
const minShare = 0.2;

/**
 * Finds the segments that cause a feature's shift: the part of the shift that disappears without the rows of the segment, compared
 * with their part of the rows. Only segments whose part of the shift exceeds that of the rows.
 */
export async function segmentShifts(
  ctx: Context,
  { endpoint, version, segment, segments, from, to }: FoundRange,
  { profile, index, total }: { profile: LoadedProfile; index: number; total: SpanState },
): Promise<FeatureDetail["segments"]> {
  const feature = profile.features[index];
  const all = total.features[index];
  if (segment !== "" || segments.length === 0 || !feature || !all || !version) return [];
  const shift = shiftOf(feature.profile, all);
  if (shift <= 0) return [];
  const found: FeatureDetail["segments"] = [];
  for (const each of segments.slice(0, maxSegments)) {
    const of = { endpointId: endpoint.id, versionId: version.id, profileId: profile.id, segment: each };
    const read = await readStates(ctx, { ...of, from, to, features: [feature.name], scores: false });
    const part = read?.state.features[index];
    if (!part || part.count === 0) continue;
    const shareOfShift = 1 - shiftOf(feature.profile, all, part) / shift;
    const share = part.count / all.count;
    if (shareOfShift > Math.max(minShare, share)) found.push({ segment: each, share, shareOfShift });
  }
  return found.sort((a, b) => b.shareOfShift - a.shareOfShift).slice(0, maxShown);
}

/** Computes PSI by decision bins or levels, excluding the rows of a part. */
function shiftOf(profile: FeatureProfile, all: FeatureState, part?: FeatureState): number {
  if (profile.kind === "numeric" && all.kind === "numeric") {
    const groups = decisionBins(profile.bins, 10);
    const bins = Float64Array.from(all.bins, (count, bin) => {
      return count - (part?.kind === "numeric" ? (part.bins[bin] ?? 0) : 0);
    });
    return smoothedPsi(regroup(profile.bins, groups), regroup(bins, groups));
  }
  if (profile.kind !== "categorical" || all.kind !== "categorical") return 0;
  const reference = [...profile.levels.map(([, count]) => count), profile.other];
  const indices = reference.flatMap((count, level) => (count > 0 ? [level] : []));
  const current = indices.map((level) => {
    return (all.levels[level] ?? 0) - (part?.kind === "categorical" ? (part.levels[level] ?? 0) : 0);
  });
  return smoothedPsi(
    indices.map((level) => reference[level] ?? 0),
    current,
  );
}
