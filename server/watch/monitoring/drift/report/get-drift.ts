import { and, eq, max } from "drizzle-orm";
import { driftWindows, referenceProfiles } from "#db/schema/index.ts";
import type { Stored } from "#db/schema/json-columns.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { ProfileSource } from "../../profiles/contract.ts";
import type { LoadedProfile } from "../../profiles/load-profile.ts";
import type { EstimatedImpact } from "../../quality/impact/contract.ts";
import { readImpact } from "../../quality/impact/read-impact.ts";
import type { SpanState } from "../../state/contract.ts";
import type { FeatureVerdict, SlowMove } from "../contract.ts";
import { headlineOf } from "../evaluate/describe-verdict.ts";
import { byRank, rankOf } from "../evaluate/rank-features.ts";
import { type DriftReference, type DriftReport, type FeatureReport, GetDrift } from "./contract.ts";
import { correlationsOf } from "./correlations.ts";
import { describeFeature } from "./describe-feature.ts";
import { evaluateRange } from "./evaluate-range.ts";
import type { FoundRange } from "./find-range.ts";
import { slowMovesOf } from "./slow-moves.ts";

/** Returns the drift of an endpoint over a range: the verdict, its features by rank, and the reference. @throws DomainError "not-found" */
export async function getDrift(ctx: Context, input: GetDrift): Promise<DriftReport> {
  permit(ctx, "getDrift");
  const { found, profile, problem, evaluation } = await evaluateRange(ctx, GetDrift.parse(input));
  const { settings } = found.monitor;
  const features = profile && evaluation ? reportsOf(profile, evaluation.state, evaluation.features) : [];
  const correlations = profile && evaluation ? await correlationsOf(ctx, found, profile) : [];
  const impact = profile && evaluation ? await impactOf(ctx, found, { profile, state: evaluation.state }) : null;
  const inputs = features.filter(({ role }) => role === "input").length;
  const slow = profile && evaluation ? await slowMovesOf(ctx, found, profile.id) : new Map<string, SlowMove>();
  const ranked = features.map((feature, index) => {
    const move = slow.get(feature.name);
    const known = { ...feature, correlation: correlations[index] ?? null, ...(move && { slow: move }) };
    return { ...known, rank: rankOf(known, inputs) };
  });
  const { endpoint, from, to, length, version, versions, segment, segments, marks } = found;
  return {
    endpoint,
    from,
    to,
    length,
    version,
    versions,
    segment,
    segments,
    problem,
    expected: marks,
    features: ranked.sort(byRank),
    reference: profile ? await referenceOf(ctx, profile) : null,
    rows: evaluation?.rows ?? 0,
    verdict: evaluation?.verdict ?? null,
    harm: impact,
    headline: evaluation ? headlineOf(evaluation.verdict, impact) : null,
    oneIn: rarityOf(features),
    checkedAt: await checkedAt(ctx, endpoint.id),
    settings: { weeks: settings.weeksPerFalseAlarm, isStrict: settings.isStrict, lengths: settings.lengths },
  };
}

async function impactOf(
  ctx: Context,
  { endpoint, version, segment, monitor, from, to }: FoundRange,
  known: { profile: LoadedProfile; state: SpanState },
): Promise<EstimatedImpact | null> {
  if (!version) return null;
  const { settings } = monitor;
  return readImpact(ctx, { endpointId: endpoint.id, versionId: version.id, settings, segment, from, to, ...known });
}

/** Verdicts with their words, in the order of the profile. */
export function reportsOf(
  profile: LoadedProfile,
  state: SpanState,
  verdicts: readonly FeatureVerdict[],
): FeatureReport[] {
  return verdicts.flatMap(({ counts: _, ...verdict }, index) => {
    const feature = profile.features[index];
    if (!feature) return [];
    const words = describeFeature(verdict, feature.profile, state.features[index]);
    return [{ ...verdict, words, oneIn: verdict.pValue === null ? null : 1 / Math.max(verdict.pValue, 1e-12) }];
  });
}

/** Returns how rare the rarest of the tests is: 1 − (1 − p)^K, assuming independence. */
function rarityOf(features: readonly FeatureReport[]): number | null {
  const known = features.flatMap(({ pValue }) => (pValue === null ? [] : [pValue]));
  if (known.length === 0) return null;
  const any = -Math.expm1(known.length * Math.log1p(-Math.min(Math.min(...known), 1 - 1e-12)));
  return 1 / Math.max(any, 1e-12);
}

async function referenceOf(ctx: Context, profile: LoadedProfile): Promise<DriftReference> {
  const [row] = await ctx.db
    .select({ finishedAt: referenceProfiles.finishedAt, createdAt: referenceProfiles.createdAt })
    .from(referenceProfiles)
    .where(and(eq(referenceProfiles.workspaceId, ctx.actor.workspaceId), eq(referenceProfiles.id, profile.id)));
  return {
    profileId: profile.id,
    rows: profile.rows,
    words: describeReference(profile.source),
    at: row?.finishedAt ?? row?.createdAt ?? new Date(0),
    hasImportances: profile.importances !== null,
  };
}

async function checkedAt(ctx: Context, endpointId: string): Promise<Date | null> {
  const [row] = await ctx.db
    .select({ at: max(driftWindows.evaluatedAt) })
    .from(driftWindows)
    .where(and(eq(driftWindows.workspaceId, ctx.actor.workspaceId), eq(driftWindows.endpointId, endpointId)));
  return row?.at ?? null;
}

/** Describes the source of a reference. */
function describeReference(source: Stored<ProfileSource>): string {
  if (source.kind === "dataset") {
    const rows = source.where ? `, ${source.where.column} ${source.where.value}` : "";
    return `${source.name}${rows}`;
  }
  const day = (at: Date | string) => new Date(at).toISOString().slice(0, 10);
  return `traffic of ${day(source.from)} to ${day(source.to)}`;
}
