import { and, desc, eq, gte, sql } from "drizzle-orm";
import { driftWindows } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import type { LoadedProfile } from "../../profiles/load-profile.ts";
import { getQualityHistory } from "../../quality/queries.ts";
import { driftCorrelation } from "../evaluate/rank-features.ts";
import type { FoundRange } from "./find-range.ts";

const days = 30;

/**
 * Correlates the drift of each feature with the loss of quality, over the days before the end of a range: realised quality where labels
 * are complete, else estimated (docs/spec/drift.md section 13).
 * @returns by index in the profile; empty when quality or days are unknown
 */
export async function correlationsOf(
  ctx: Context,
  { endpoint, version, segment, to }: FoundRange,
  profile: LoadedProfile,
): Promise<(number | null)[]> {
  if (!profile.quality || !version) return [];
  const from = new Date(to.getTime() - days * dayMs);
  const past = await ctx.db
    .select({
      start: driftWindows.start,
      psi: sql<(number | null)[]>`jsonb_path_query_array(${driftWindows.features}, '$[*].psi')`,
    })
    .from(driftWindows)
    .where(
      and(
        eq(driftWindows.workspaceId, ctx.actor.workspaceId),
        eq(driftWindows.endpointId, endpoint.id),
        eq(driftWindows.length, "day"),
        gte(driftWindows.start, from),
        eq(driftWindows.versionId, version.id),
        eq(driftWindows.segment, segment),
        eq(driftWindows.profileId, profile.id),
      ),
    )
    .orderBy(desc(driftWindows.start));
  if (past.length === 0) return [];
  const query = { endpointId: endpoint.id, versionId: version.id, segment, from, to };
  const { metric, points } = await getQualityHistory(ctx, query);
  const usual = profile.quality.metrics[metric] ?? null;
  if (usual === null) return [];
  const lost = new Map(
    points.map(({ at, isMature, realised, estimated }) => {
      const measured = isMature && realised ? realised : estimated;
      return [at.getTime(), measured ? Math.abs(measured.value - usual) : null];
    }),
  );
  return profile.features.map((_, index) =>
    driftCorrelation(past.map(({ start, psi }) => [psi[index] ?? null, lost.get(start.getTime()) ?? null] as const)),
  );
}
