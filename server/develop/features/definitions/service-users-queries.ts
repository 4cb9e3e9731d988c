import { and, asc, eq, sql } from "drizzle-orm";
import { datasetVersions, featureUses } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Projection, ServiceUser } from "../contract.ts";
import { loadDefinitions } from "./definitions.ts";

/** Lists what uses each feature service, by service and name: model versions, endpoints, dataset versions and runs. */
export async function listServiceUsers(ctx: Context): Promise<ServiceUser[]> {
  permit(ctx, "listServiceUsers");
  const { views, services } = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
  const uses = await ctx.db
    .select({ use: featureUses, digest: datasetVersions.digest })
    .from(featureUses)
    // User ids of other kinds are no UUID, so the comparison is one of texts.
    .leftJoin(
      datasetVersions,
      and(eq(featureUses.userKind, "dataset-version"), eq(sql`${datasetVersions.id}::text`, featureUses.userId)),
    )
    .where(eq(featureUses.workspaceId, ctx.actor.workspaceId))
    .orderBy(asc(featureUses.userKind), asc(featureUses.userName));
  const usesOfView = Map.groupBy(uses, ({ use }) => use.viewId);
  return [...services.values()].flatMap(({ name: service, projections }) => {
    const users = new Map<string, ServiceUser>();
    for (const projection of projections) {
      const view = views.get(projection.view);
      if (!view) continue;
      const found = (usesOfView.get(view.id) ?? []).filter(({ use }) => isThrough(projection, use));
      for (const { use, digest } of found) {
        const key = `${use.userKind} ${use.userId}`;
        const user = users.get(key) ?? { service, kind: use.userKind, name: use.userName, digest, views: [] };
        if (!user.views.includes(view.name)) user.views.push(view.name);
        users.set(key, user);
      }
    }
    return [...users.values()];
  });
}

/** Returns whether a use may come from a projection: by its version, if that is pinned, and by one of its features. */
function isThrough({ version, features }: Projection, use: { version: number; features: readonly string[] }): boolean {
  if (version !== null && version !== use.version) return false;
  return features.length === 0 || use.features.some((feature) => features.includes(feature));
}
