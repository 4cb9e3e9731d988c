import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { reopenMs } from "../stages/constants.ts";
import type { FoldCandidate } from "./decide-fold.ts";

const Row = z.object({
  workspaceId: z.string(),
  groupId: z.string(),
  groupAt: z.number(),
  id: z.string(),
  number: z.number(),
  isOpen: z.boolean(),
  createdAt: z.number(),
  startedAt: z.number(),
  detectedAt: z.number(),
  resolvedAt: z.number().nullable(),
  isOfEndpoint: z.boolean(),
  isOfComposite: z.boolean(),
  isOfSlo: z.boolean(),
  sharedCauses: z.array(z.string()),
});

/** An incident to which a group of alerts may belong. */
interface GroupCandidate extends FoldCandidate {
  workspaceId: string;
  groupId: string;
  /** When the group began, in milliseconds since 1970. */
  groupAt: number;
}

interface Search {
  /** Condition on the groups, which are named "one", and on the incidents, named "incident". */
  groups: SQL;
  incidents: SQL;
  /** Causes of the groups; incidents that share one are candidates too. */
  sharedCauses?: readonly string[];
  /** Condition on a group and an incident together. */
  pairs?: SQL;
  /** Milliseconds since 1970. */
  now: number;
  /** Maximum number of pairs in each workspace: those of the newest groups. */
  limit: number;
}

/** Incidents that go on, or were resolved a moment ago. */
const isRecent = (now: number) => sql`(incident.state in ('triage', 'active', 'mitigated')
  or (incident.state = 'resolved' and incident.resolved_at >= ${new Date(now - reopenMs).toISOString()}::timestamptz))`;

/** Of a composite SLO, the endpoints of its parts. */
const parts = (of: SQL) => sql`
  join slos as composite on composite.workspace_id = ${of}.workspace_id and composite.id = (${of}.summary->>'sloId')::uuid
  cross join lateral jsonb_array_elements(composite.definition #> '{composite,parts}') as listed(part)
  join slos as part on part.workspace_id = composite.workspace_id and part.id = (listed.part->>'sloId')::uuid`;

/**
 * Finds the incidents to which groups of alerts may belong, each with how they belong together (decide-fold.ts decides). An incident
 * concerns its endpoint, those of its alerts and of the incidents that were merged into it, and the endpoints of a composite SLO's parts
 * while it has no endpoint of its own. What a person has taken off an incident is left out.
 */
export async function findFoldCandidates(db: Database, search: Search): Promise<GroupCandidate[]> {
  const { sharedCauses = [], pairs = sql`true`, limit } = search;
  const found = await db.execute(sql`
    with recursive candidate as (
      select * from incidents as incident where ${search.incidents} and ${isRecent(search.now)}
    ), family as (
      select id as root_id, id, workspace_id, number, endpoint_id from candidate
      union all
      select family.root_id, child.id, child.workspace_id, child.number, child.endpoint_id
      from family join incidents as child on child.workspace_id = family.workspace_id and child.state = 'merged'
        and (child.merger->>'into')::int = family.number
    ), linked as (
      select one.workspace_id, one.incident_id, one.summary, candidate.endpoint_id as of_incident
      from candidate join alert_groups as one on one.workspace_id = candidate.workspace_id and one.incident_id = candidate.id
    ), concern as (
      select root_id as incident_id, endpoint_id, false as is_composite from family where endpoint_id is not null
      union
      select incident_id, (summary->>'endpointId')::uuid, false from linked where summary->>'endpointId' is not null
      union
      select linked.incident_id, part.endpoint_id, true from linked ${parts(sql`linked`)} where linked.of_incident is null
    ), chosen as (
      select one.* from alert_groups as one where ${search.groups}
    ), about as (
      select id as group_id, (summary->>'endpointId')::uuid as endpoint_id, false as is_composite
      from chosen where summary->>'endpointId' is not null
      union
      select chosen.id, part.endpoint_id, true from chosen ${parts(sql`chosen`)} where chosen.summary->>'endpointId' is null
    ), pair as (
      select about.group_id, concern.incident_id, not about.is_composite and not concern.is_composite as is_of_endpoint,
        about.is_composite <> concern.is_composite as is_of_composite, false as is_of_slo
      from about join concern using (endpoint_id)
      union all
      select chosen.id, linked.incident_id, true, false, true
      from chosen join linked on linked.workspace_id = chosen.workspace_id and linked.summary->>'sloId' = chosen.summary->>'sloId'
      union all
      select chosen.id, candidate.id, false, false, false
      from chosen join candidate on candidate.workspace_id = chosen.workspace_id
        and candidate.shared_causes && ${sql.param([...sharedCauses])}::text[]
    ), folded as (
      select group_id, incident_id, bool_or(is_of_endpoint) as is_of_endpoint, bool_or(is_of_composite) as is_of_composite,
        bool_or(is_of_slo) as is_of_slo
      from pair group by group_id, incident_id
    ), ranked as (
      select folded.*, row_number() over (
        partition by incident.workspace_id order by one.created_at desc, one.id, incident.number desc) as place
      from folded
      join chosen as one on one.id = folded.group_id
      join candidate as incident on incident.id = folded.incident_id and incident.workspace_id = one.workspace_id
      -- What is muted notifies nobody, and so reopens nothing.
      where (incident.state <> 'resolved' or (one.summary->>'firing')::int > (one.summary->>'muted')::int)
        and ${pairs} and not ${wasTakenOff}
    )
    select one.workspace_id as "workspaceId", one.id as "groupId", ${ms(sql`one.created_at`)} as "groupAt", incident.id,
      incident.number, incident.state <> 'resolved' as "isOpen", ${ms(sql`incident.created_at`)} as "createdAt",
      ${ms(sql`incident.started_at`)} as "startedAt", ${ms(sql`incident.detected_at`)} as "detectedAt",
      case when incident.state = 'resolved' then ${ms(sql`incident.resolved_at`)} end as "resolvedAt",
      ranked.is_of_endpoint as "isOfEndpoint", ranked.is_of_composite as "isOfComposite", ranked.is_of_slo as "isOfSlo",
      incident.shared_causes as "sharedCauses"
    from ranked
    join chosen as one on one.id = ranked.group_id
    join candidate as incident on incident.id = ranked.incident_id
    where ranked.place <= ${limit}
    order by one.created_at desc, one.id, incident.number desc`);
  return rowsOf(Row, found);
}

/**
 * Condition that a person has taken a group ("one") off an incident ("incident") or one that is a part of it now: it stays off. It was split
 * off or unlinked; or it was folded or paged, which links it, and has no incident any more.
 */
const wasTakenOff = sql`exists (
  select from family as member join timeline_events as event on event.incident_id = member.id
  where member.root_id = incident.id and (
    starts_with(event.deduplication_key, 'split:' || one.id || ':')
    or starts_with(event.deduplication_key, 'unlinked:' || one.id || ':')
    or (one.incident_id is null and event.deduplication_key in ('folded:' || one.id, 'paged:' || one.id)))
)`;

function ms(column: SQL): SQL {
  return sql`(extract(epoch from ${column}) * 1000)::float8`;
}
