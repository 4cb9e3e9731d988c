import { and, asc, desc, eq, inArray, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import { endpoints, incidentActions, incidents, users } from "#db/schema/index.ts";
import { shortTitle } from "#server/alerting/alerts/incident-title.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findIncident } from "../incident-rows.ts";
import { type IncidentAction, ListActions } from "./contract.ts";

/**
 * Lists actions: open ones first, ordered by due date, then the most recently completed.
 * @throws DomainError "not-found" for the incident
 */
export async function listActions(ctx: Context, input: ListActions = {}): Promise<IncidentAction[]> {
  permit(ctx, "listActions");
  const { number, isOpen, limit } = ListActions.parse(input);
  const incidentId = number === undefined ? undefined : (await findIncident(ctx, number)).id;
  const { doneAt } = incidentActions;
  const where = and(
    incidentId === undefined ? undefined : eq(incidentActions.incidentId, incidentId),
    isOpen === undefined ? undefined : isOpen ? isNull(doneAt) : isNotNull(doneAt),
  );
  return selectActions(ctx, where, limit);
}

/** Selects actions. The caller has checked permissions. */
export async function selectActions(ctx: Context, where: SQL | undefined, limit: number): Promise<IncidentAction[]> {
  const allowed = ctx.actor.endpoints;
  const rows = await ctx.db
    .select({
      action: incidentActions,
      number: incidents.number,
      title: incidents.title,
      owner: users.name,
      isOverdue: sql<boolean>`${incidentActions.doneAt} is null and coalesce(${incidentActions.dueOn} < current_date, false)`,
    })
    .from(incidentActions)
    .innerJoin(incidents, eq(incidents.id, incidentActions.incidentId))
    .leftJoin(endpoints, eq(endpoints.id, incidents.endpointId))
    .leftJoin(users, eq(users.id, incidentActions.ownerId))
    .where(
      and(
        eq(incidentActions.workspaceId, ctx.actor.workspaceId),
        allowed ? inArray(endpoints.name, [...allowed]) : undefined,
        where,
      ),
    )
    .orderBy(
      sql`${incidentActions.doneAt} is not null`,
      desc(incidentActions.doneAt),
      sql`${incidentActions.dueOn} asc nulls last`,
      asc(incidentActions.createdAt),
    )
    .limit(limit);
  return rows.map(({ action, number, title, owner, isOverdue }) => ({
    id: action.id,
    incident: { number, title: shortTitle(title) },
    title: action.title,
    kind: action.kind,
    owner: action.ownerId && owner !== null ? { id: action.ownerId, name: owner } : null,
    dueOn: action.dueOn,
    isOverdue,
    issueUrl: action.issueUrl,
    createdBy: action.createdBy,
    createdAt: action.createdAt,
    doneAt: action.doneAt,
    doneBy: action.doneBy,
  }));
}
