import { and, desc, eq, inArray, isNull } from "drizzle-orm";
import { driftWindows, monitoringFindings } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { decisionBins, regroup, wantedBins } from "#server/stats/drift/calibrated/decision-bins.ts";
import type { DriftedFeature } from "#server/stats/labelling/queue-rank.ts";
import { referenceCells } from "#server/watch/monitoring/drift/evaluate/test-distribution.ts";
import { loadProfile } from "#server/watch/monitoring/profiles/load-profile.ts";
import { binOf } from "#server/watch/monitoring/state/bin-of.ts";
import type { FeatureProfile } from "#server/watch/monitoring/state/contract.ts";

/** Returns the drifted features at the values of a row. */
export type DriftOf = (row: Readonly<Record<string, unknown>>) => (DriftedFeature & { name: string })[];

/** A feature with its shares by cell, in the window over the reference. */
interface Drifted {
  name: string;
  importance: number;
  ratios: readonly number[];
  profile: FeatureProfile;
}

/**
 * Reads the features of a version with an open drift finding, from its newest evaluated window: how much more frequent each of their values is than
 * in the reference (docs/spec/labelling.md section 9.4). Without a finding nothing lifts a request.
 */
export async function readDrift(ctx: Context, of: { endpointId: string; versionId: string }): Promise<DriftOf> {
  const open = await ctx.db
    .selectDistinct({ feature: monitoringFindings.feature })
    .from(monitoringFindings)
    .where(
      and(
        eq(monitoringFindings.workspaceId, ctx.actor.workspaceId),
        eq(monitoringFindings.endpointId, of.endpointId),
        eq(monitoringFindings.watcher, "drift"),
        isNull(monitoringFindings.closedAt),
      ),
    );
  const names = new Set(open.map(({ feature }) => feature));
  if (names.size === 0) return () => [];
  const [window] = await ctx.db
    .select({ profileId: driftWindows.profileId, features: driftWindows.features })
    .from(driftWindows)
    .where(
      and(
        eq(driftWindows.workspaceId, ctx.actor.workspaceId),
        eq(driftWindows.endpointId, of.endpointId),
        eq(driftWindows.versionId, of.versionId),
        eq(driftWindows.segment, ""),
        inArray(driftWindows.length, ["hour", "day"]),
      ),
    )
    .orderBy(desc(driftWindows.start))
    .limit(1);
  const profile = window && (await loadProfile(ctx.db, window.profileId));
  if (!window || !profile) return () => [];
  const inputs = profile.features.filter(({ role }) => role === "input");
  const drifted = inputs.flatMap(({ name, profile }): Drifted[] => {
    const verdict = window.features.find((one) => one.name === name && one.role === "input");
    const ratios = names.has(name) && verdict ? densityRatios(verdict.counts, referenceCells(profile)) : undefined;
    return ratios ? [{ name, importance: verdict?.importance ?? 1 / inputs.length, ratios, profile }] : [];
  });
  return (row) =>
    drifted.flatMap(({ name, importance, ratios, profile }) => {
      const cell = cellOf(profile, row[name]);
      return cell === undefined ? [] : [{ name, importance, densityRatio: ratios[cell] ?? 1 }];
    });
}

/** Share of each cell now by its share in the reference; a cell that the reference did not have counts as a row there. */
export function densityRatios(now: readonly number[], reference: readonly number[]): number[] | undefined {
  const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);
  const [all, referenceAll] = [sum(now), sum(reference)];
  if (now.length !== reference.length || all === 0 || referenceAll === 0) return undefined;
  return now.map((count, cell) => count / all / (Math.max(1, reference[cell] as number) / referenceAll));
}

/** Cell of a value, in the order of the counts of a window. */
function cellOf(profile: FeatureProfile, value: unknown): number | undefined {
  if (value === null || value === undefined) return undefined;
  if (profile.kind === "categorical") {
    const at = profile.levels.findIndex(([level]) => level === String(value));
    return at < 0 ? profile.levels.length : at;
  }
  const number = typeof value === "number" ? value : Number(value);
  if (!Number.isFinite(number)) return undefined;
  const bins = profile.bins.map(() => 0);
  bins[binOf(profile.edges, number)] = 1;
  return regroup(bins, decisionBins(profile.bins, wantedBins)).indexOf(1);
}
