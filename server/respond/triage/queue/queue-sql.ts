import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import type { QueueFilter } from "../contract.ts";

/** Line of the queue as folded by Postgres: the unacknowledged page, or else the group, that burns most represents the others. */
export interface PlacedLine {
  [column: string]: unknown;
  id: string;
  groupId: string | null;
  incidentId: string | null;
  place: number;
  state: "unacknowledged" | "acknowledged" | "silenced" | "quiet";
  alerts: number;
  groups: number;
  /** Groups that fire unmuted and that nobody has acknowledged; null for none. */
  unacknowledged: string[] | null;
}

/** Columns of a line, as PlacedLine names them. */
export const lineColumns = sql`id, group_id as "groupId", incident_id as "incidentId", place, state, alerts, groups, unacknowledged`;

/** A page that fires unmuted and that nobody has acknowledged: whatever else the line contains, it comes first. */
const isOpenPage = sql`(item.is_page and item.firing > item.muted and item.acknowledgement is null)`;

/** Severities without alerts, beside the products of burn and reach: SEV1 and SEV2 are pages. */
const severityRank = sql`case incident.severity when 'SEV1' then 1000050 when 'SEV2' then 1000001 when 'SEV3' then 1 else 0.1 end`;

/**
 * Incidents rank by what there is to do: act, watch, resolve. A page without an incident is acted on too. Tickets without one come after
 * them. Greater than every weight.
 */
const stageRank = sql`case
  when incident_id is null then case when line_pages and line_firing > 0 then 3e9 else 0 end
  when stage = 'act' then 3e9 when stage = 'watch' then 2e9 else 1e9 end`;

/**
 * Returns the query for all lines of the queue: open groups folded by their open incident, and open incidents without an open group.
 * Incidents rank by their stage and above tickets, then by burn rate times reach; silenced lines come last.
 * @param userId user whose lines are "mine"; null for none
 */
export function queueLines(ctx: Context, userId: string | null): SQL {
  const { workspaceId, name, endpoints: allowed } = ctx.actor;
  const ofCaller = allowed
    ? sql`and (item.endpoint_id is null or endpoint.name = any(${sql.param([...allowed])}::text[]))`
    : sql``;
  const mine = sql`(item.acknowledgement->>'by' = ${name} or item.lead = ${userId ?? ""}
    or exists (select 1 from team_members where team_members.team_id::text = item.team_id and team_members.user_id::text = ${userId ?? ""}))`;
  return sql`
    with item as (
      select coalesce(incident.id, one.id) as id, one.id as group_id, incident.id as incident_id, one.weight,
        one.acknowledgement, (one.summary->>'firing')::int as firing, (one.summary->>'muted')::int as muted,
        one.summary->>'severity' = 'page' as is_page, (one.summary->>'endpointId')::uuid as endpoint_id,
        coalesce(incident.team_id::text, one.summary->>'teamId') as team_id, incident.roles->>'lead' as lead, incident.state as incident_state, incident.stage,
        incident.acknowledged_at is not null as is_acknowledged
      from alert_groups one
      left join incidents incident on incident.id = one.incident_id and incident.state in ('triage', 'active', 'mitigated')
      where one.workspace_id = ${workspaceId} and one.ended_at is null
        and ((one.summary->>'firing')::int > 0 or incident.id is not null)
      union all
      select incident.id, null, incident.id, ${severityRank},
        case when incident.acknowledged_at is null then null else jsonb_build_object('by', '') end, 0, 0,
        incident.severity in ('SEV1', 'SEV2'), incident.endpoint_id, incident.team_id::text, incident.roles->>'lead', incident.state, incident.stage,
        incident.acknowledged_at is not null
      from incidents incident
      where incident.workspace_id = ${workspaceId} and incident.state in ('triage', 'active', 'mitigated')
        and not exists (select 1 from alert_groups one where one.incident_id = incident.id and one.ended_at is null)
    ), ranked as (
      select item.*, ${mine} as is_mine,
        row_number() over (partition by item.id order by item.firing > 0 desc, ${isOpenPage} desc, item.weight desc, item.group_id) as rank,
        sum(item.firing) over line as line_firing, sum(item.muted) over line as line_muted,
        bool_or(item.is_page and item.firing > 0) over line as line_pages,
        bool_and(item.acknowledgement is not null or item.firing = item.muted) over line as line_acknowledged,
        bool_or(${isOpenPage}) over line as line_open_page,
        jsonb_agg(item.group_id) filter (where item.firing > item.muted and item.acknowledgement is null) over line as unacknowledged,
        count(item.group_id) over line as line_groups
      from item left join endpoints endpoint on endpoint.id = item.endpoint_id
      where true ${ofCaller}
      window line as (partition by item.id)
    ), line as (
      select id, group_id, incident_id, is_mine, team_id, unacknowledged, line_firing::int as alerts, line_groups::int as groups,
        coalesce(line_pages, false) or (line_groups = 0 and is_page) as pages,
        case
          when (incident_state = 'mitigated' and not line_open_page) or (line_firing = 0 and group_id is not null) then 'quiet'
          when line_firing > 0 and line_muted = line_firing then 'silenced'
          -- Who has acknowledged the incident knows of its tickets, but not of another page.
          when line_acknowledged or (is_acknowledged and not line_open_page) then 'acknowledged'
          else 'unacknowledged'
        end as state, weight, ${stageRank} as stage_rank
      from ranked where rank = 1
    ), placed as (
      select *, case when state = 'silenced' then weight / 1e9 - 1 else stage_rank + weight end as place from line
    )`;
}

/** The lines that a filter shows. */
export const linesOf: Record<QueueFilter, SQL> = {
  all: sql`true`,
  mine: sql`is_mine`,
  unacknowledged: sql`state = 'unacknowledged'`,
  pages: sql`pages`,
  silenced: sql`state = 'silenced'`,
};
