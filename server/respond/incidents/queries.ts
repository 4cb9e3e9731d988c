import { and, desc, eq, gte, inArray, lt, lte, not, or, sql } from "drizzle-orm";
import { alertGroups, endpoints, incidents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { GetIncident, type Incident, type IncidentSummary, ListIncidents } from "./contract.ts";
import { findIncident } from "./incident-rows.ts";
import { loadIncident, summaryOf } from "./load-incident.ts";

const isOpenIncident = inArray(incidents.state, ["triage", "active", "mitigated"]);

/**
 * Incidents, newest first, at endpoints that the caller may use.
 * @returns `next`, the `before` of the following page; undefined at the end. @throws DomainError "not-found" for the endpoint
 */
export async function listIncidents(
  ctx: Context,
  input: ListIncidents = {},
): Promise<{ incidents: IncidentSummary[]; next?: number }> {
  permit(ctx, "listIncidents");
  const query = ListIncidents.parse(input);
  const { isOpen, state, severity, cause, endpointId, from, to, limit, before } = query;
  if (endpointId !== undefined) await findEndpointById(ctx, endpointId);
  const allowed = ctx.actor.endpoints;
  const rows = await ctx.db
    .select({ incident: incidents, endpoint: endpoints.name })
    .from(incidents)
    .leftJoin(endpoints, eq(endpoints.id, incidents.endpointId))
    .where(
      and(
        eq(incidents.workspaceId, ctx.actor.workspaceId),
        isOpen === undefined ? undefined : isOpen ? isOpenIncident : not(isOpenIncident),
        state && eq(incidents.state, state),
        severity && eq(incidents.severity, severity),
        cause && eq(incidents.cause, cause),
        endpointId === undefined ? undefined : concerns(endpointId),
        from && gte(incidents.startedAt, from),
        to && lte(incidents.startedAt, to),
        before === undefined ? undefined : lt(incidents.number, before),
        allowed ? inArray(endpoints.name, [...allowed]) : undefined,
      ),
    )
    .orderBy(desc(incidents.number))
    .limit(limit + 1);
  const page = rows.slice(0, limit).map(({ incident, endpoint }) => summaryOf({ ...incident, endpoint }));
  const last = page.at(-1);
  return { incidents: page, ...(rows.length > limit && last && { next: last.number }) };
}

/** Condition that an incident is at an endpoint, or has alerts of it. */
export function concerns(endpointId: string) {
  return or(
    eq(incidents.endpointId, endpointId),
    sql`exists (select from ${alertGroups} where ${alertGroups.incidentId} = ${incidents.id}
      and ${alertGroups.summary}->>'endpointId' = ${endpointId})`,
  );
}

/** Returns one incident with its links and allowed next states. @throws DomainError "not-found" */
export async function getIncident(ctx: Context, input: GetIncident): Promise<Incident> {
  permit(ctx, "getIncident");
  return loadIncident(ctx, await findIncident(ctx, GetIncident.parse(input).number));
}
