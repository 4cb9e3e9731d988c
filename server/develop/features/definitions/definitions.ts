import { eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
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
import { toEntity, toService, toSource, toVersion, toView } from "./shapes.ts";

/** A view with everything that reading and writing its rows needs. */
export interface DefinedView extends FeatureView {
  readonly versions: ReadonlyMap<number, ViewVersion>;
}

/** All definitions of a workspace, by name. */
export interface Definitions {
  readonly views: ReadonlyMap<string, DefinedView>;
  readonly services: ReadonlyMap<string, FeatureService>;
  readonly entities: ReadonlyMap<string, FeatureEntity>;
  readonly sources: ReadonlyMap<string, ViewSource>;
}

/** Returns all definitions of the workspace, as they are now. Callers that look up often keep them until the event "features". */
export async function getFeatureDefinitions(ctx: Context): Promise<Definitions> {
  permit(ctx, "getFeatureDefinitions");
  return loadDefinitions(ctx.db, ctx.actor.workspaceId);
}

/** Reads the definitions of a workspace, for callers that have checked permissions. */
export async function loadDefinitions(db: Database, workspaceId: string): Promise<Definitions> {
  const entities = await db.select().from(featureEntities).where(eq(featureEntities.workspaceId, workspaceId));
  const sources = await db.select().from(featureSources).where(eq(featureSources.workspaceId, workspaceId));
  const services = await db.select().from(featureServices).where(eq(featureServices.workspaceId, workspaceId));
  const views = await db.select().from(featureViews).where(eq(featureViews.workspaceId, workspaceId));
  const versions = await db.select().from(featureViewVersions).where(eq(featureViewVersions.workspaceId, workspaceId));
  const versionsOf = Map.groupBy(versions, ({ viewId }) => viewId);
  const sourceOf = new Map(sources.map((row) => [row.name, toSource(row)]));
  return {
    entities: named(entities.map(toEntity)),
    sources: sourceOf,
    services: named(services.map(toService)),
    views: named(
      views.flatMap((row) => {
        const found = new Map((versionsOf.get(row.id) ?? []).map((version) => [version.version, toVersion(version)]));
        const current = found.get(row.currentVersion);
        // A version that was made between two of these reads is there the next time.
        return current ? [{ ...toView(row, current, sourceOf.get(row.source ?? "")), versions: found }] : [];
      }),
    ),
  };
}

function named<Definition extends { name: string }>(definitions: readonly Definition[]): Map<string, Definition> {
  return new Map(definitions.map((definition) => [definition.name, definition]));
}
