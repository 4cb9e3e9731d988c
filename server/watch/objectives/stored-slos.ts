import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import { endpoints, runbooks, sloStates, slos, teams } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permitEndpoint } from "#server/serve/endpoints/permit-endpoint.ts";
import { SloDefinition, SloState } from "./contract.ts";

type Row = typeof slos.$inferSelect;

/** An SLO as it is stored, with the names of what it is about and how it stood last. */
export interface StoredSlo extends Omit<Row, "definition"> {
  definition: SloDefinition;
  endpoint: string | null;
  /** Team that is paged: its own, or that of its endpoint or of the model there. */
  team: { id: string; name: string } | null;
  runbook: { id: string; name: string } | null;
  state: SloState | null;
  evaluatedAt: Date | null;
}

/** Team of an SLO without one of its own: the team of its endpoint, or of the model that was last deployed there. */
const inheritedTeam = sql`coalesce(
  (select team_id from team_endpoints where team_endpoints.endpoint_id = ${slos.endpointId}),
  (select team_models.team_id from team_models
    join model_versions on model_versions.model_id = team_models.model_id
    where model_versions.id = (select version_id from deployments
      where deployments.endpoint_id = ${slos.endpointId} order by deployments.id desc limit 1)))`;

/** ID of the team that is paged for an SLO. */
export const teamOfSlo = sql<string | null>`coalesce(${slos.teamId}, ${inheritedTeam})`;

/** Smallest remaining budget first, unknown last. */
const worstFirst = sql`(${sloStates.state} #>> '{budget,remaining}')::float8 asc nulls last, ${slos.name} asc`;

/** Selects SLOs of this workspace that are visible to the caller, worst first. @param where on columns of slos, slo_states and teams */
export async function selectSlos(ctx: Context, where: SQL | undefined): Promise<StoredSlo[]> {
  const { workspaceId, endpoints: allowed } = ctx.actor;
  const ofCaller = allowed && sql`${endpoints.name} = any(${sql.param([...allowed])}::text[])`;
  const rows = await ctx.db
    .select({
      row: slos,
      endpoint: endpoints.name,
      team: { id: teams.id, name: teams.name },
      runbook: { id: runbooks.id, name: runbooks.name },
      state: sloStates.state,
      evaluatedAt: sloStates.evaluatedAt,
    })
    .from(slos)
    .leftJoin(endpoints, eq(endpoints.id, slos.endpointId))
    .leftJoin(teams, and(sql`${teams.id} = ${teamOfSlo}`, isNull(teams.archivedAt)))
    .leftJoin(runbooks, and(eq(runbooks.id, slos.runbookId), isNull(runbooks.archivedAt)))
    .leftJoin(sloStates, eq(sloStates.sloId, slos.id))
    .where(and(eq(slos.workspaceId, workspaceId), ofCaller, where))
    .orderBy(worstFirst);
  return rows.map(({ row, state, ...names }) => ({
    ...row,
    ...names,
    definition: SloDefinition.parse(row.definition),
    state: state === null ? null : SloState.parse(state),
  }));
}

const isId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** Finds an SLO of this workspace by its name or id, archived or not. @throws DomainError "not-found" */
export async function findSlo(ctx: Context, nameOrId: string): Promise<StoredSlo> {
  const [named] = await selectSlos(ctx, eq(slos.name, nameOrId));
  const [found] = named || !isId(nameOrId) ? [named] : await selectSlos(ctx, eq(slos.id, nameOrId));
  if (!found) throw noSlo(isId(nameOrId) ? "with this ID" : `named "${nameOrId}"`);
  return found;
}

/** Finds an SLO that is not archived and locks it until the transaction ends. @throws DomainError "not-found", "conflict" */
export async function lockSlo(ctx: Context, sloId: string): Promise<StoredSlo> {
  const ofId = and(eq(slos.id, sloId), eq(slos.workspaceId, ctx.actor.workspaceId));
  await ctx.db.select({ id: slos.id }).from(slos).where(ofId).for("no key update");
  const found = await findSlo(ctx, sloId);
  if (found.endpoint) permitEndpoint(ctx, found.endpoint);
  if (found.archivedAt)
    throw new DomainError(
      "conflict",
      `The SLO "${found.name}" is archived. Create an SLO with this name to restore it.`,
    );
  return found;
}

function noSlo(what: string): DomainError {
  return new DomainError("not-found", `No SLO ${what} found. See SLOs for a list.`);
}
