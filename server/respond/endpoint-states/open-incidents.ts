import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";

/**
 * Returns a query for the newest open incident of each endpoint of the workspace: `endpoint_id`, `number`. Alerts of an endpoint may be a part of the
 * incident of another one, which is then the incident of both.
 */
export function openIncidents({ actor: { workspaceId } }: Context): SQL {
  return sql`
    select endpoint_id, max(number) as number from (
      select incident.number, incident.endpoint_id from incidents incident
      where incident.workspace_id = ${workspaceId} and incident.state in ('triage', 'active', 'mitigated')
      union all
      select incident.number, (one.summary->>'endpointId')::uuid from incidents incident
      join alert_groups one on one.workspace_id = incident.workspace_id and one.incident_id = incident.id
      where incident.workspace_id = ${workspaceId} and incident.state in ('triage', 'active', 'mitigated')
    ) as concern group by endpoint_id`;
}
