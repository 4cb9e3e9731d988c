import type { Context } from "#server/base/context.ts";
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
  const { endpoint, from, to, length, monitor, marks, version, segment } = found;
  const { settings } = monitor;
  // The longest evaluated windows show how ordinary windows vary.
  const usual = byDescendingLength.find((each) => settings.lengths.includes(each)) ?? "day";
  const key = { endpointId: endpoint.id, versionId: version?.id ?? "", segment, length: usual };
  const names = profile.features.map(({ name }) => name);
  return evaluateWindow(profile, state, {
    settings,
    length,
    expected: new Set(marks.map(({ feature }) => feature)),
    seed: `${endpoint.id} ${segment} ${from.toISOString()} ${to.toISOString()}`,
    history: await history.read(ctx, { key, profileId: profile.id, names, before: from }),
  });
}
