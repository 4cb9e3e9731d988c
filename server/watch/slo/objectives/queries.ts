import { and, desc, eq, ilike, isNotNull, isNull, or, sql } from "drizzle-orm";
import { sloRevisions, sloStates, slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { SloDefinition } from "../../objectives/contract.ts";
import { findSlo, selectSlos, teamOfSlo } from "../../objectives/stored-slos.ts";
import { GetSlo, ListSlos, type Slo, type SloCounts, type SloRevision, type SloSummary } from "./contract.ts";
import { approvalsNow, loadSlo, summaryOf } from "./load-slo.ts";

/** Lists SLOs with the least remaining budget first, and unknown ones last. A token limited to some endpoints sees only those. */
export async function listSlos(ctx: Context, input: ListSlos = {}): Promise<{ slos: SloSummary[] }> {
  permit(ctx, "listSlos");
  const { endpointId, teamId, band, kind, search, isArchived } = ListSlos.parse(input);
  const found = await selectSlos(
    ctx,
    and(
      isArchived ? isNotNull(slos.archivedAt) : isNull(slos.archivedAt),
      endpointId === undefined ? undefined : eq(slos.endpointId, endpointId),
      teamId === undefined ? undefined : sql`${teamOfSlo} = ${teamId}`,
      band === undefined ? undefined : sql`coalesce(${sloStates.state} #>> '{budget,band}', 'no-data') = ${band}`,
      kind === undefined ? undefined : sql`coalesce(${slos.definition} #>> '{indicator,kind}', 'composite') = ${kind}`,
      search ? matches(search) : undefined,
    ),
  );
  const approvals = await approvalsNow(
    ctx,
    found.map(({ id }) => id),
  );
  return { slos: found.map((slo) => summaryOf(slo, approvals.get(slo.id))) };
}

function matches(search: string) {
  const pattern = `%${search.replaceAll(/[\\%_]/g, "\\$&")}%`;
  const shown = [sql`${slos.definition} ->> 'displayName'`, sql`${slos.definition} ->> 'service'`];
  return or(ilike(slos.name, pattern), ...shown.map((text) => sql`${text} ilike ${pattern}`));
}

/**
 * Returns one SLO by its name or id with its rules, components, adjustments and approvals; archived ones too. @throws DomainError
 * "not-found"
 */
export async function getSlo(ctx: Context, input: GetSlo): Promise<Slo> {
  permit(ctx, "getSlo");
  return loadSlo(ctx, GetSlo.parse(input).slo);
}

/** Lists earlier revisions, newest first. @throws DomainError "not-found" */
export async function listSloRevisions(ctx: Context, input: GetSlo): Promise<{ revisions: SloRevision[] }> {
  permit(ctx, "listSloRevisions");
  const { id } = await findSlo(ctx, GetSlo.parse(input).slo);
  const rows = await ctx.db
    .select()
    .from(sloRevisions)
    .where(and(eq(sloRevisions.workspaceId, ctx.actor.workspaceId), eq(sloRevisions.sloId, id)))
    .orderBy(desc(sloRevisions.revision))
    .limit(200);
  const revisions = rows.map(({ workspaceId, sloId, definition, ...row }) => {
    return { ...row, definition: SloDefinition.parse(definition) };
  });
  return { revisions };
}

/** Counts SLOs in each band, and those that are firing, paused, or page without an owner. */
export async function countSlos(ctx: Context): Promise<SloCounts> {
  permit(ctx, "countSlos");
  const found = (await selectSlos(ctx, isNull(slos.archivedAt))).map((slo) => summaryOf(slo, undefined));
  const bands = { healthy: 0, observe: 0, attention: 0, unhealthy: 0, exhausted: 0, "no-data": 0 };
  for (const { budget } of found) bands[budget?.band ?? "no-data"] += 1;
  const count = (is: (slo: SloSummary) => boolean) => found.filter(is).length;
  return {
    total: found.length,
    bands,
    paging: count(({ firing }) => firing === "page"),
    ticketing: count(({ firing }) => firing === "ticket"),
    paused: count(({ pausedAt }) => pausedAt !== null),
    lacking: count(({ pages, missing }) => pages && missing.length > 0),
  };
}
