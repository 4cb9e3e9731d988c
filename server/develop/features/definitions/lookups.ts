import { and, asc, eq, sql } from "drizzle-orm";
import {
  featureEntities,
  featureServices,
  featureSources,
  featureViews,
  featureViewVersions,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { noEntity, noFeatureView, noService, noSource } from "../feature-error.ts";

/** Makes changes to definitions of a workspace wait for each other until the transaction ends. They refer to each other by name. */
export async function lockDefinitions(ctx: Context): Promise<void> {
  await ctx.db.execute(
    sql`select pg_advisory_xact_lock(hashtext('leeway.features'), hashtext(${ctx.actor.workspaceId}))`,
  );
}

/** @throws FeatureError "entity-not-found" */
export async function findEntity(ctx: Context, name: string) {
  const ofName = and(eq(featureEntities.workspaceId, ctx.actor.workspaceId), eq(featureEntities.name, name));
  const [row] = await ctx.db.select().from(featureEntities).where(ofName);
  if (!row) throw noEntity(name);
  return row;
}

/** @throws FeatureError "source-not-found" */
export async function findSource(ctx: Context, name: string) {
  const ofName = and(eq(featureSources.workspaceId, ctx.actor.workspaceId), eq(featureSources.name, name));
  const [row] = await ctx.db.select().from(featureSources).where(ofName);
  if (!row) throw noSource(name);
  return row;
}

/** @throws FeatureError "service-not-found" */
export async function findService(ctx: Context, name: string) {
  const ofName = and(eq(featureServices.workspaceId, ctx.actor.workspaceId), eq(featureServices.name, name));
  const [row] = await ctx.db.select().from(featureServices).where(ofName);
  if (!row) throw noService(name);
  return row;
}

/** @throws FeatureError "view-not-found" */
export async function findFeatureView(ctx: Context, name: string) {
  const ofName = and(eq(featureViews.workspaceId, ctx.actor.workspaceId), eq(featureViews.name, name));
  const [row] = await ctx.db.select().from(featureViews).where(ofName);
  if (!row) throw noFeatureView(name);
  return row;
}

/** Names of the views whose current version has an entity. */
export async function viewsWithEntity(ctx: Context, name: string): Promise<string[]> {
  const rows = await ctx.db
    .select({ view: featureViews.name, entities: featureViewVersions.entities })
    .from(featureViews)
    .innerJoin(
      featureViewVersions,
      and(
        eq(featureViewVersions.viewId, featureViews.id),
        eq(featureViewVersions.version, featureViews.currentVersion),
      ),
    )
    .where(eq(featureViews.workspaceId, ctx.actor.workspaceId))
    .orderBy(asc(featureViews.name));
  return rows.filter(({ entities }) => entities.some((entity) => entity.name === name)).map(({ view }) => view);
}

/** Names of the views that have a source. */
export async function viewsWithSource(ctx: Context, name: string): Promise<string[]> {
  const rows = await ctx.db
    .select({ view: featureViews.name })
    .from(featureViews)
    .where(and(eq(featureViews.workspaceId, ctx.actor.workspaceId), eq(featureViews.source, name)))
    .orderBy(asc(featureViews.name));
  return rows.map(({ view }) => view);
}
