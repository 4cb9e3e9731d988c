import { sql } from "drizzle-orm";
import type { Context } from "#server/context.ts";

interface Asked {
  endpointId: string;
  versionId?: string | undefined;
  /** "" for all rows. */
  segment: string;
  from: Date;
  to: Date;
}

/** Versions that something was counted of in the span, each with the references it was counted by. For who was let in already. */
export async function statedVersions(
  ctx: Context,
  { endpointId, versionId, segment, from, to }: Asked,
): Promise<{ versionId: string; profileId: string }[]> {
  const { rows } = await ctx.db.execute<{ versionId: string; profileId: string }>(sql`
    select distinct version_id as "versionId", profile_id as "profileId" from feature_states
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and segment = ${segment} and arm <> 'shadow'
      and ((grain = 'day' and start >= ${from.toISOString()}::timestamptz - interval '1 day')
        or (grain <> 'day' and start >= ${from.toISOString()}::timestamptz)) and start < ${to.toISOString()}::timestamptz
      ${versionId === undefined ? sql`` : sql`and version_id = ${versionId}`}`);
  return rows;
}
