import { type SQL, sql } from "drizzle-orm";

/**
 * Returns which version an endpoint served from when to when, as an SQL relation (endpoint_id, version_id, since, until): deployments, canaries
 * of rollouts, and the further steps of cascades, of which only the present ones are known. `until` is null while it serves.
 */
export function servedSpans(workspaceId: string): SQL {
  return sql`(
    select deployed.endpoint_id, deployed.version_id, deployed.deployed_at as since,
      coalesce(lead(deployed.deployed_at) over (partition by deployed.endpoint_id order by deployed.id), endpoint.archived_at) as until
    from deployments as deployed join endpoints as endpoint on endpoint.id = deployed.endpoint_id
    where deployed.workspace_id = ${workspaceId} and endpoint.workspace_id = ${workspaceId}
    union all
    select endpoint_id, canary_version_id, created_at, ended_at from rollouts where workspace_id = ${workspaceId}
    union all
    select endpoint.id, (step->>'versionId')::uuid, null, endpoint.archived_at
    from endpoints as endpoint cross join lateral jsonb_array_elements(coalesce(endpoint.cascade->'next', '[]')) as step
    where endpoint.workspace_id = ${workspaceId}
  )`;
}
