import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { minSeasonWindows } from "#server/stats/drift/seasons/fit-seasons.ts";
import type { WindowLength } from "../../contract.ts";
import { readStates } from "../../history/queries.ts";
import { activeProfiles, type LoadedProfile, loadProfile } from "../../profiles/load-profile.ts";
import { profileOfSegment } from "../../profiles/segments/reference-segments.ts";
import type { SpanState } from "../../state/contract.ts";
import type { DriftVerdict, FeatureVerdict } from "../contract.ts";
import { evaluateWindow } from "../evaluate/evaluate-window.ts";
import { OrdinaryHistory } from "../windows/ordinary-history.ts";
import type { DriftReport, GetDrift } from "./contract.ts";
import { type FoundRange, findRange } from "./find-range.ts";

const history = new OrdinaryHistory();
const byDescendingLength: readonly WindowLength[] = ["week", "day", "hour", "five-minutes"];

export interface EvaluatedRange {
  found: FoundRange;
  profile: LoadedProfile | null;
  problem: DriftReport["problem"];
  /** Null where there is a problem. */
  evaluation: { state: SpanState; rows: number; verdict: DriftVerdict; features: FeatureVerdict[] } | null;
}

/** Evaluates a range of an endpoint as one window: its counts against the reference of one version. The caller has checked permissions. */
export async function evaluateRange(ctx: Context, query: GetDrift): Promise<EvaluatedRange> {
  const found = await findRange(ctx, query);
  const { version, endpoint, segment, from, to, monitor } = found;
  if (!version) return { found, profile: null, problem: "no-version", evaluation: null };
  const profileId = (await activeProfiles(ctx.db, [version.id])).get(version.id);
  const fullProfile = profileId ? await loadProfile(ctx.db, profileId) : undefined;
  // A segment is held against the reference's rows of the same segment, or against nothing.
  const profile = fullProfile && (await profileOfSegment(ctx.db, fullProfile, segment));
  if (!profile)
    return { found, profile: null, problem: fullProfile ? "no-segment-reference" : "no-reference", evaluation: null };
  const range = { endpointId: endpoint.id, versionId: version.id, profileId: profile.id, segment, from, to };
  const read = await readStates(ctx, range);
  if (!read || read.rows === 0) {
    return { found, profile, problem: monitor.settings.isOn ? "no-rows" : "off", evaluation: null };
  }
  const { state, rows } = read;
  return {
    found,
    profile,
    problem: null,
    evaluation: { state, rows, ...(await evaluate(ctx, found, { profile, state })) },
  };
}

async function evaluate(
  ctx: Context,
  found: FoundRange,
  { profile, state }: { profile: LoadedProfile; state: SpanState },
) {
  const { endpoint, from, to, length, monitor, marks, segment } = found;
  const known = await usualOfRange(ctx, found, profile);
  const { settings } = monitor;
  return evaluateWindow(profile, state, {
    settings,
    length,
    expected: new Set(marks.map(({ feature }) => feature)),
    seed: `${endpoint.id} ${segment} ${from.toISOString()} ${to.toISOString()}`,
    ...(known && { history: known }),
  });
}

/**
 * Reads how ordinary windows vary, of the longest length with enough of them. A range of full days has all hours; one of a day or two has
 * its weekday.
 */
async function usualOfRange(
  ctx: Context,
  { endpoint, from, to, monitor, version, segment }: FoundRange,
  profile: LoadedProfile,
) {
  const middle = (from.getTime() + to.getTime()) / 2;
  const rangeMs = to.getTime() - from.getTime();
  for (const length of byDescendingLength.filter((each) => monitor.settings.lengths.includes(each))) {
    const key = { endpointId: endpoint.id, versionId: version?.id ?? "", segment, length };
    const longest = length === "day" ? 2 * dayMs : dayMs - 1;
    const at = rangeMs <= longest ? middle : null;
    const known = await history.read(ctx, { key, profile, before: from, at });
    const features = [...known].map(([name, feature]) => [name, { ...feature, days: [] }] as const);
    if (features.some(([, { windows }]) => windows >= minSeasonWindows)) return new Map(features);
  }
  return undefined;
}
