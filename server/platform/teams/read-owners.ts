import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";

const OwnedEndpoint = z.object({
  id: z.string(),
  name: z.string(),
  /** Team of the endpoint, or else of the model last deployed to it. */
  teamId: z.string().nullable(),
  teamName: z.string().nullable(),
});
export type OwnedEndpoint = z.infer<typeof OwnedEndpoint>;

/** Reads every endpoint of the workspace, including archived ones, with the responsible team. */
export async function readOwners(ctx: Context): Promise<Map<string, OwnedEndpoint>> {
  const { workspaceId } = ctx.actor;
  const result = await ctx.db.execute(sql`
    select endpoints.id, endpoints.name, team.id as "teamId", team.name as "teamName"
    from endpoints
    left join lateral (
      select model_id from deployments join model_versions on model_versions.id = version_id
      where endpoint_id = endpoints.id order by deployments.id desc limit 1
    ) as deployed on true
    left join lateral (
      select teams.id, teams.name from teams
      left join team_endpoints on team_endpoints.team_id = teams.id and team_endpoints.endpoint_id = endpoints.id
      left join team_models on team_models.team_id = teams.id and team_models.model_id = deployed.model_id
      where teams.workspace_id = ${workspaceId} and teams.archived_at is null
        and (team_endpoints.endpoint_id is not null or team_models.model_id is not null)
      order by team_endpoints.endpoint_id is null limit 1
    ) as team on true
    where endpoints.workspace_id = ${workspaceId}`);
  return new Map(rowsOf(OwnedEndpoint, result).map((row) => [row.id, row]));
}
