import { asc, desc, eq } from "drizzle-orm";
import {
  featureEntities,
  featureServices,
  featureSources,
  featureViews,
  featureViewVersions,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { FeatureEntity, FeatureService, FeatureView, ViewSource, ViewVersion } from "../contract.ts";
import { noFeatureView } from "../feature-error.ts";
import { loadDefinitions } from "./definitions.ts";
import { findEntity, findFeatureView, findService, findSource } from "./lookups.ts";
import { toEntity, toService, toSource, toVersion } from "./shapes.ts";

/** Lists the entities of the workspace by name. */
export async function listFeatureEntities(ctx: Context): Promise<FeatureEntity[]> {
  permit(ctx, "listFeatureEntities");
  const rows = await ctx.db
    .select()
    .from(featureEntities)
    .where(eq(featureEntities.workspaceId, ctx.actor.workspaceId))
    .orderBy(asc(featureEntities.name));
  return rows.map(toEntity);
}

/** @throws FeatureError "entity-not-found" */
export async function getFeatureEntity(ctx: Context, name: string): Promise<FeatureEntity> {
  permit(ctx, "getFeatureEntity");
  return toEntity(await findEntity(ctx, name));
}

/** Lists the sources of the workspace by name. */
export async function listViewSources(ctx: Context): Promise<ViewSource[]> {
  permit(ctx, "listViewSources");
  const rows = await ctx.db
    .select()
    .from(featureSources)
    .where(eq(featureSources.workspaceId, ctx.actor.workspaceId))
    .orderBy(asc(featureSources.name));
  return rows.map(toSource);
}

/** @throws FeatureError "source-not-found" */
export async function getViewSource(ctx: Context, name: string): Promise<ViewSource> {
  permit(ctx, "getViewSource");
  return toSource(await findSource(ctx, name));
}

/** Lists the feature services of the workspace by name. */
export async function listFeatureServices(ctx: Context): Promise<FeatureService[]> {
  permit(ctx, "listFeatureServices");
  const rows = await ctx.db
    .select()
    .from(featureServices)
    .where(eq(featureServices.workspaceId, ctx.actor.workspaceId))
    .orderBy(asc(featureServices.name));
  return rows.map(toService);
}

/** @throws FeatureError "service-not-found" */
export async function getFeatureService(ctx: Context, name: string): Promise<FeatureService> {
  permit(ctx, "getFeatureService");
  return toService(await findService(ctx, name));
}

/** Lists the views of the workspace by name, each with its current version. */
export async function listFeatureViews(ctx: Context): Promise<FeatureView[]> {
  permit(ctx, "listFeatureViews");
  const { views } = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
  return [...views.values()].map(({ versions: _, ...view }) => view).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Returns a view with its current version. @throws FeatureError "view-not-found" */
export async function getFeatureView(ctx: Context, name: string): Promise<FeatureView> {
  permit(ctx, "getFeatureView");
  const { views } = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
  const found = views.get(name);
  if (!found) throw noFeatureView(name);
  const { versions: _, ...view } = found;
  return view;
}

/** Lists the versions of a view, newest first. @throws FeatureError "view-not-found" */
export async function listFeatureViewVersions(ctx: Context, name: string): Promise<ViewVersion[]> {
  permit(ctx, "listFeatureViewVersions");
  const { id } = await findFeatureView(ctx, name);
  const rows = await ctx.db
    .select()
    .from(featureViewVersions)
    .where(eq(featureViewVersions.viewId, id))
    .orderBy(desc(featureViewVersions.version));
  return rows.map(toVersion);
}

const messageTables = {
  entity: featureEntities,
  source: featureSources,
  service: featureServices,
  view: featureViews,
} as const;

/** Lists the messages that Feast clients sent with their definitions of a kind; null for one that was defined elsewhere. */
export async function listFeastMessages(
  ctx: Context,
  kind: keyof typeof messageTables,
): Promise<{ name: string; message: Uint8Array | null; updatedAt: Date }[]> {
  permit(ctx, "listFeastMessages");
  const table = messageTables[kind];
  return ctx.db
    .select({ name: table.name, message: table.feastMessage, updatedAt: table.updatedAt })
    .from(table)
    .where(eq(table.workspaceId, ctx.actor.workspaceId))
    .orderBy(asc(table.name));
}
