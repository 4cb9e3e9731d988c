import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";

export interface StatedSpan {
  versionId?: string | undefined;
  /** "" for all rows. */
  segment: string;
  from: Date;
  to: Date;
}

export interface StatedVersion {
  versionId: string;
  profileId: string;
}

/** Returns the versions with counts in the range, each with the references it was counted by. The caller has checked permissions. */
export async function statedVersions(
  ctx: Context,
  { endpointId, ...span }: StatedSpan & { endpointId: string },
): Promise<StatedVersion[]> {
  return (await statedVersionsOf(ctx, [endpointId], span)).get(endpointId) ?? [];
}

/** Returns the versions with counts of several endpoints; endpoints without counts are absent. */
export async function statedVersionsOf(
  ctx: Context,
  endpointIds: readonly string[],
  { versionId, segment, from, to }: StatedSpan,
): Promise<Map<string, StatedVersion[]>> {
  const since = sql`${from.toISOString()}::timestamptz`;
  const found = (grain: string, start: SQL) => sql`
    select version_id, profile_id from feature_states
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = requested.id and segment = ${segment} and arm <> 'shadow'
      and grain = ${grain} and start >= ${start} and start < ${to.toISOString()}::timestamptz
      ${versionId === undefined ? sql`` : sql`and version_id = ${versionId}`}`;
  // Reads each endpoint and grain by the primary key: a disjunction of grains would read all stored rows.
  const { rows } = await ctx.db.execute<{ endpointId: string; versionId: string; profileId: string }>(sql`
    select distinct requested.id as "endpointId", version_id as "versionId", profile_id as "profileId"
    from unnest(${sql.param([...endpointIds])}::uuid[]) as requested(id) cross join lateral (
      ${found("day", sql`${since} - interval '1 day'`)} union all ${found("hour", since)} union all ${found("minute", since)}
    ) as found`);
  return Map.groupBy(rows, ({ endpointId }) => endpointId);
}
