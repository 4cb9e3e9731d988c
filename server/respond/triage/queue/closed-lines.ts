import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import type { ClosedRow, Queue } from "../contract.ts";
import { causeOf } from "./hydrate.ts";

const maxShown = 20;

/** Lists what was closed in the last day: resolved incidents, and groups without one whose alerts have ended. */
export async function closedLines(ctx: Context): Promise<Pick<Queue, "closed" | "closedCount">> {
  const { workspaceId, endpoints: allowed } = ctx.actor;
  const ofCaller = allowed
    ? sql`and (over.endpoint_id is null or endpoint.name = any(${sql.param([...allowed])}::text[]))`
    : sql``;
  const { rows } = await ctx.db.execute<ClosedFeedback>(sql`
    with over as (
      select id, number, null::uuid as group_id, endpoint_id, null as service, title, coalesce(resolved_at, closed_at) as at
      from incidents where workspace_id = ${workspaceId} and state in ('resolved', 'closed')
        and coalesce(resolved_at, closed_at) > now() - interval '24 hours'
      union all
      select id, null, id, (summary->>'endpointId')::uuid, summary->>'service', summary->>'title', ended_at
      from alert_groups where workspace_id = ${workspaceId} and ended_at > now() - interval '24 hours'
        and incident_id is null and entry is not null
    )
    select over.id, over.number as "incidentNumber", over.group_id as "groupId", coalesce(over.service, endpoint.name, '') as service,
      over.title, over.at, count(*) over ()::int as count
    from over left join endpoints endpoint on endpoint.id = over.endpoint_id
    where true ${ofCaller} order by over.at desc limit ${maxShown}`);
  const closed = rows.map(
    ({ id, incidentNumber, groupId, service, title, at }): ClosedRow => ({
      id,
      incidentNumber,
      groupId,
      service,
      cause: causeOf(title),
      closedAt: new Date(at).getTime(),
    }),
  );
  return { closed, closedCount: rows[0]?.count ?? 0 };
}

interface ClosedFeedback {
  [column: string]: unknown;
  id: string;
  incidentNumber: number | null;
  groupId: string | null;
  service: string;
  title: string;
  at: string;
  count: number;
}

/** Returns the time of the last page, in milliseconds since 1970; null when there was none. */
export async function lastPageAt(ctx: Context): Promise<number | null> {
  const { rows } = await ctx.db.execute<{ at: number | null }>(sql`
    select max((entry->>'at')::float8) as at from alert_groups
    where workspace_id = ${ctx.actor.workspaceId} and summary->>'severity' = 'page' and entry is not null
      and created_at > now() - interval '90 days'`);
  return rows[0]?.at ?? null;
}
