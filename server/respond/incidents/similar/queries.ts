import { and, desc, eq, inArray, ne, notInArray, type SQL, sql } from "drizzle-orm";
import { alertGroups, endpoints, incidents, timelineEvents } from "#db/schema/index.ts";
import { shortTitle } from "#server/alerting/alerts/incident-title.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { mayUse } from "#server/serve/endpoints/permit-endpoint.ts";
import { uncountedStates } from "../contract.ts";
import { FindSimilar, type SimilarIncident } from "./contract.ts";

/** Kinds of timeline events with which people or Leeway fix an incident. */
const fixes = ["rollback", "action", "model"];

/**
 * Finds earlier incidents of the same rule, endpoint or traffic segment, the most similar first, with the action that ended each
 * (docs/spec/alerting.md section 17). @throws DomainError "not-found" for the endpoint
 */
export async function similarIncidents(ctx: Context, input: FindSimilar): Promise<SimilarIncident[]> {
  permit(ctx, "similarIncidents");
  const { endpointId, ruleKey, segment, except, limit } = FindSimilar.parse(input);
  if (endpointId) await findEndpointById(ctx, endpointId);
  const { workspaceId } = ctx.actor;
  const ofRule = ruleKey
    ? sql<boolean>`exists (select 1 from ${alertGroups} where ${alertGroups.incidentId} = ${incidents.id} and ${alertGroups.summary}->>'ruleKey' = ${ruleKey})`
    : sql<boolean>`false`;
  const ofEndpoint = endpointId
    ? sql<boolean>`coalesce(${incidents.endpointId} = ${endpointId}, false)`
    : sql<boolean>`false`;
  const ofSegment = segment ? mentions(segment) : sql<boolean>`false`;
  const score = sql<number>`${ofRule}::int * 4 + ${ofSegment}::int * 2 + ${ofEndpoint}::int`;
  const rows = await ctx.db
    .select({ incident: incidents, endpoint: endpoints.name, ofRule, ofEndpoint, ofSegment })
    .from(incidents)
    .leftJoin(endpoints, eq(endpoints.id, incidents.endpointId))
    .where(
      and(
        eq(incidents.workspaceId, workspaceId),
        notInArray(incidents.state, [...uncountedStates]),
        except === undefined ? undefined : ne(incidents.number, except),
        sql`(${score}) > 0`,
      ),
    )
    .orderBy(sql`${score} desc`, desc(incidents.number))
    .limit(limit);
  const seen = rows.filter(({ endpoint }) => mayUse(ctx, endpoint));
  const fixed = await lastFixes(
    ctx,
    seen.map(({ incident }) => incident),
  );
  return seen.map(({ incident, ...row }) => ({
    number: incident.number,
    title: shortTitle(incident.title),
    severity: incident.severity,
    state: incident.state,
    startedAt: incident.startedAt,
    restoredMs: incident.mitigatedAt && incident.mitigatedAt.getTime() - incident.startedAt.getTime(),
    cause: incident.cause as SimilarIncident["cause"],
    common: [
      ...(row.ofRule ? (["rule"] as const) : []),
      ...(row.ofSegment ? (["segment"] as const) : []),
      ...(row.ofEndpoint ? (["endpoint"] as const) : []),
    ],
    fixedBy: fixed.get(incident.id) ?? null,
  }));
}

function mentions(segment: string): SQL<boolean> {
  return sql<boolean>`exists (
    select 1 from ${timelineEvents} where ${timelineEvents.incidentId} = ${incidents.id}
      and position(lower(${segment}) in lower(${timelineEvents.title} || ' ' || coalesce(${timelineEvents.body}, ''))) > 0
  )`;
}

type Ended = Pick<typeof incidents.$inferSelect, "id" | "mitigatedAt" | "startedAt">;

/** Returns the last action taken between the start and the end of the impact, by incident. */
async function lastFixes(ctx: Context, ended: Ended[]): Promise<Map<string, string>> {
  if (ended.length === 0) return new Map();
  const rows = await ctx.db
    .select({ incidentId: timelineEvents.incidentId, at: timelineEvents.at, title: timelineEvents.title })
    .from(timelineEvents)
    .where(
      and(
        eq(timelineEvents.workspaceId, ctx.actor.workspaceId),
        inArray(
          timelineEvents.incidentId,
          ended.map(({ id }) => id),
        ),
        inArray(timelineEvents.kind, fixes),
      ),
    )
    .orderBy(timelineEvents.at);
  return new Map(
    ended.flatMap(({ id, startedAt, mitigatedAt }) => {
      const inTime = rows.filter(
        (row) => row.incidentId === id && row.at >= startedAt && (!mitigatedAt || row.at <= mitigatedAt),
      );
      const last = inTime.at(-1);
      return last ? [[id, last.title] as const] : [];
    }),
  );
}
