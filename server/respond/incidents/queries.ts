import { and, count, desc, eq, gte, inArray, lt, lte, not, or, sql } from "drizzle-orm";
import { alertGroups, endpoints, incidentActions, incidents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findPeople } from "#server/platform/teams/people/find-people.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { GetIncident, type Incident, IncidentRoles, type ListedIncident, ListIncidents } from "./contract.ts";
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
): Promise<{ incidents: ListedIncident[]; next?: number }> {
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
  const page = await withDetails(ctx, rows.slice(0, limit));
  const last = page.at(-1);
  return { incidents: page, ...(rows.length > limit && last && { next: last.number }) };
}

/** Adds who leads each incident, and how many of its actions are open. */
async function withDetails(
  ctx: Context,
  rows: { incident: typeof incidents.$inferSelect; endpoint: string | null }[],
): Promise<ListedIncident[]> {
  const { workspaceId } = ctx.actor;
  const ids = rows.map(({ incident }) => incident.id);
  const leads = rows.flatMap(({ incident }) => IncidentRoles.parse(incident.roles).lead ?? []);
  const people = leads.length === 0 ? new Map<string, { name: string }>() : await findPeople(ctx, leads);
  const { incidentId, doneAt } = incidentActions;
  const counts =
    ids.length === 0
      ? []
      : await ctx.db
          .select({ incidentId, total: count(), open: sql<number>`count(*) filter (where ${doneAt} is null)::int` })
          .from(incidentActions)
          .where(and(eq(incidentActions.workspaceId, workspaceId), inArray(incidentId, ids)))
          .groupBy(incidentId);
  return rows.map(({ incident, endpoint }) => {
    const { lead } = IncidentRoles.parse(incident.roles);
    const actions = counts.find((each) => each.incidentId === incident.id);
    const isOpen = ["triage", "active", "mitigated"].includes(incident.state);
    return {
      ...summaryOf({ ...incident, endpoint }),
      stage: isOpen ? incident.stage : null,
      lead: people.get(lead ?? "")?.name ?? null,
      actions: { total: actions?.total ?? 0, open: actions?.open ?? 0 },
    };
  });
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
