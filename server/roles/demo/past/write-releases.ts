import { and, eq, inArray, sql } from "drizzle-orm";
import { endpoints, modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { insertEarlierDeployments } from "#server/release/endpoints/insert-earlier-deployments.ts";
import { modelOf, type Past, type PastRelease } from "./contract.ts";
import { endpointIn, type Place, versionIn } from "./place.ts";

/**
 * Writes the releases of the past in front of those of the demo, and dates endpoints and versions back to it.
 * @returns ids of the deployments
 */
export async function writeReleases(ctx: Context, place: Place, past: Past): Promise<Map<PastRelease, number>> {
  const { workspaceId } = place;
  const inserted = await insertEarlierDeployments(
    ctx,
    past.releases.map(({ endpoint, version, at, by, reason }) => ({
      endpointId: endpointIn(place, endpoint).id,
      versionId: versionIn(place, endpoint, version),
      providers: endpointIn(place, endpoint).providers,
      reason,
      deployedBy: by,
      deployedAt: new Date(at),
    })),
  );
  const ids = [...place.endpoints.values()].map(({ id }) => id);
  await ctx.db
    .update(endpoints)
    .set({ createdAt: new Date(past.from) })
    .where(and(eq(endpoints.workspaceId, workspaceId), inArray(endpoints.id, ids)));
  await dateVersionsBack(ctx, past);
  return new Map(
    past.releases.flatMap((release, at) => (inserted[at] === undefined ? [] : [[release, inserted[at]] as const])),
  );
}

/** Versions of the past were registered in the days before it, an hour after each other. */
async function dateVersionsBack(ctx: Context, { from, releases }: Past): Promise<void> {
  const { workspaceId } = ctx.actor;
  const startedAt = from - dayMs;
  for (const model of new Set(Object.values(modelOf))) {
    const used = releases.filter(({ endpoint }) => modelOf[endpoint] === model).map(({ version }) => version);
    const [row] = await ctx.db
      .update(registeredModels)
      .set({ createdAt: startedAt })
      .where(and(eq(registeredModels.workspaceId, workspaceId), eq(registeredModels.name, model)))
      .returning({ id: registeredModels.id });
    if (!row) continue;
    await ctx.db
      .update(modelVersions)
      .set({ createdAt: sql`${startedAt}::bigint + ${modelVersions.version} * ${hourMs}::bigint` })
      .where(
        and(
          eq(modelVersions.workspaceId, workspaceId),
          eq(modelVersions.modelId, row.id),
          inArray(modelVersions.version, [...new Set(used)]),
        ),
      );
  }
}
