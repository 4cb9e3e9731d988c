import { and, asc, eq, inArray } from "drizzle-orm";
import { incidentLinks, memberships, postMortems, runbooks, slos, teams, users } from "#db/schema/index.ts";
import { shortTitle } from "#server/alerting/alerts/incident-title.ts";
import type { Context } from "#server/base/context.ts";
import { ImpactCounts, type Incident, IncidentRoles, type IncidentSummary, incidentMoves } from "./contract.ts";
import type { StoredIncident } from "./incident-rows.ts";
import { linkHref } from "./links/link-href.ts";
import { needsPostMortem, refusalOf } from "./states/decide-move.ts";

/** Converts an incident to its public form, with the names of related entities and the allowed next states. */
export async function loadIncident(ctx: Context, row: StoredIncident, now = new Date()): Promise<Incident> {
  const { workspaceId } = ctx.actor;
  const links = await ctx.db
    .select()
    .from(incidentLinks)
    .where(and(eq(incidentLinks.incidentId, row.id), eq(incidentLinks.workspaceId, workspaceId)))
    .orderBy(asc(incidentLinks.at), asc(incidentLinks.ref));
  const [postMortem] = await ctx.db
    .select({ state: postMortems.state, dueOn: postMortems.dueOn })
    .from(postMortems)
    .where(and(eq(postMortems.incidentId, row.id), eq(postMortems.workspaceId, workspaceId)));
  const summary = summaryOf(row);
  const sloNames = await sloNamesOf(ctx, links);
  const roles = IncidentRoles.parse(row.roles);
  const people = await namesOf(ctx, [roles.lead, roles.scribe]);
  const isNeeded = needsPostMortem(row.severity, summary.impact.budgets);
  const facts = {
    state: row.state,
    resolvedAt: row.resolvedAt?.getTime() ?? null,
    needsPostMortem: isNeeded,
    postMortem: postMortem?.state ?? null,
  };
  const today = now.toISOString().slice(0, 10);
  return {
    ...summary,
    team: await nameOf(ctx, teams, row.teamId),
    runbook: await nameOf(ctx, runbooks, row.runbookId),
    lead: people.get(roles.lead ?? "") ?? null,
    scribe: people.get(roles.scribe ?? "") ?? null,
    declaredBy: row.declaredBy,
    createdAt: row.createdAt,
    links: links.map(({ kind, ref, title, addedBy, at }) => ({
      kind,
      ref,
      title,
      addedBy,
      at,
      href: linkHref({ kind, ref, endpoint: row.endpoint, slo: sloNames.get(ref) }),
    })),
    moves: incidentMoves[row.state].filter((to) => !refusalOf(facts, to, now.getTime())),
    postMortem: postMortem
      ? {
          ...postMortem,
          isOverdue: postMortem.state === "draft" && postMortem.dueOn !== null && postMortem.dueOn < today,
        }
      : null,
    needsPostMortem: isNeeded,
    revision: row.revision,
  };
}

export function summaryOf(row: StoredIncident): IncidentSummary {
  const { id, number, title, severity, state, endpointId, endpoint, isFoundByMachine } = row;
  const { startedAt, detectedAt, pagedAt, acknowledgedAt, mitigatedAt, resolvedAt, closedAt } = row;
  return {
    id,
    number,
    // Older releases stored sentences.
    title: shortTitle(title),
    severity,
    state,
    endpointId,
    endpoint,
    isFoundByMachine,
    cause: row.cause as IncidentSummary["cause"],
    impact: ImpactCounts.parse(row.impact),
    startedAt,
    detectedAt,
    pagedAt,
    acknowledgedAt,
    mitigatedAt,
    resolvedAt,
    closedAt,
    mergedInto: state === "merged" ? (row.merger?.into ?? null) : null,
  };
}

async function nameOf(ctx: Context, table: typeof teams | typeof runbooks, id: string | null) {
  if (id === null) return null;
  const [row] = await ctx.db
    .select({ id: table.id, name: table.name })
    .from(table)
    .where(and(eq(table.id, id), eq(table.workspaceId, ctx.actor.workspaceId)));
  return row ?? null;
}

/** Returns users of the workspace by their ids. */
async function namesOf(ctx: Context, ids: (string | null)[]): Promise<Map<string, { id: string; name: string }>> {
  const known = ids.filter((id) => id !== null);
  if (known.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: users.id, name: users.name })
    .from(users)
    .innerJoin(memberships, eq(memberships.userId, users.id))
    .where(and(eq(memberships.workspaceId, ctx.actor.workspaceId), inArray(users.id, known)));
  return new Map(rows.map((row) => [row.id, row]));
}

/** Pages of objectives are named, links hold ids. */
async function sloNamesOf(ctx: Context, links: { kind: string; ref: string }[]): Promise<Map<string, string>> {
  const ids = links.filter(({ kind }) => kind === "slo").map(({ ref }) => ref);
  if (ids.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: slos.id, name: slos.name })
    .from(slos)
    .where(and(eq(slos.workspaceId, ctx.actor.workspaceId), inArray(slos.id, ids)));
  return new Map(rows.map(({ id, name }) => [id, name]));
}
