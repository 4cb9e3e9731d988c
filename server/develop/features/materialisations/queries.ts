import { and, asc, desc, eq, type SQL, sql } from "drizzle-orm";
import { featureMaterialisations, featureRejects, featureViews } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import {
  type FeatureReject,
  firstEventUs,
  ListFeatureRejects,
  ListMaterialisations,
  type Materialisation,
} from "./contract.ts";
import { progressOf } from "./progress-of.ts";

/** Lists materialisations, newest first. */
export async function listMaterialisations(ctx: Context, input: ListMaterialisations = {}): Promise<Materialisation[]> {
  permit(ctx, "listMaterialisations");
  const { view, state, limit } = ListMaterialisations.parse(input);
  const chosen = and(
    view === undefined ? undefined : eq(featureViews.name, view),
    state === undefined ? undefined : eq(featureMaterialisations.state, state),
  );
  const rows = await select(ctx, chosen).orderBy(desc(featureMaterialisations.createdAt)).limit(limit);
  return rows.map(toMaterialisation);
}

/** Returns the newest materialisation of each view that has one. */
export async function listNewestMaterialisations(ctx: Context): Promise<Materialisation[]> {
  permit(ctx, "listMaterialisations");
  const { id, viewId, workspaceId, createdAt } = featureMaterialisations;
  const newest = ctx.db
    .select({ id })
    .from(featureMaterialisations)
    .where(and(eq(workspaceId, ctx.actor.workspaceId), eq(viewId, featureViews.id)))
    .orderBy(desc(createdAt))
    .limit(1);
  const rows = await select(ctx, sql`${id} = (${newest})`).orderBy(asc(featureViews.name));
  return rows.map(toMaterialisation);
}

/** Returns a materialisation with its progress. @throws DomainError "not-found" */
export async function getMaterialisation(ctx: Context, id: string): Promise<Materialisation> {
  permit(ctx, "getMaterialisation");
  return loadMaterialisation(ctx, id);
}

/** Loads a materialisation inside a command. @throws DomainError "not-found" */
export async function loadMaterialisation(ctx: Context, id: string): Promise<Materialisation> {
  const [row] = await select(ctx, eq(featureMaterialisations.id, id));
  if (row) return toMaterialisation(row);
  throw new DomainError("not-found", "Materialisation not found.");
}

/** Lists rows that were rejected, newest first. They are kept for 30 days. */
export async function listFeatureRejects(ctx: Context, input: ListFeatureRejects = {}): Promise<FeatureReject[]> {
  permit(ctx, "listFeatureRejects");
  const { view, materialisation, limit } = ListFeatureRejects.parse(input);
  const rows = await ctx.db
    .select({ reject: featureRejects, view: featureViews.name })
    .from(featureRejects)
    .innerJoin(featureViews, eq(featureViews.id, featureRejects.viewId))
    .where(
      and(
        eq(featureRejects.workspaceId, ctx.actor.workspaceId),
        view === undefined ? undefined : eq(featureViews.name, view),
        materialisation === undefined ? undefined : eq(featureRejects.materialisationId, materialisation),
      ),
    )
    .orderBy(desc(featureRejects.at), desc(featureRejects.id))
    .limit(limit);
  return rows.map(({ reject: { id, materialisationId, at, origin, row, column, reason }, view }) => ({
    id,
    view,
    materialisation: materialisationId,
    at,
    origin,
    row,
    column,
    reason,
  }));
}

function select(ctx: Context, where: SQL | undefined) {
  return ctx.db
    .select({ row: featureMaterialisations, view: featureViews.name })
    .from(featureMaterialisations)
    .innerJoin(featureViews, eq(featureViews.id, featureMaterialisations.viewId))
    .where(and(eq(featureMaterialisations.workspaceId, ctx.actor.workspaceId), where))
    .$dynamic();
}

function toMaterialisation({
  row,
  view,
}: {
  row: typeof featureMaterialisations.$inferSelect;
  view: string;
}): Materialisation {
  return {
    id: row.id,
    view,
    trigger: row.trigger,
    input: row.input,
    fromEventAt: row.fromEventAt === firstEventUs ? null : row.fromEventAt,
    toEventAt: row.toEventAt,
    state: row.state,
    rowsTotal: row.rowsTotal,
    rowsRead: row.rowsRead,
    rowsWritten: row.rowsWritten,
    rowsOlder: row.rowsOlder,
    rowsRejected: row.rowsRejected,
    ...progressOf(row, new Date()),
    problem: row.problem,
    createdBy: row.createdBy,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    endedAt: row.endedAt,
  };
}
