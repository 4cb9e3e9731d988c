import { and, eq, inArray, isNull } from "drizzle-orm";
import { endpoints, modelVersions, rollouts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { noteFeatureUses } from "#server/develop/features/pinned/note-uses.ts";
import { featuresOfPipeline } from "#server/develop/registry/pipeline/definition.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";

/**
 * Records which features the versions of an endpoint look up: its deployed version, its cascade, and both versions of its rollout. An archived
 * endpoint uses none. In the transaction of whatever changes one of these, after the change.
 */
export async function noteEndpointFeatures(ctx: Context, endpointId: string): Promise<void> {
  const { workspaceId } = ctx.actor;
  const [endpoint] = await ctx.db
    .select({ name: endpoints.name, archivedAt: endpoints.archivedAt, cascade: endpoints.cascade })
    .from(endpoints)
    .where(and(eq(endpoints.workspaceId, workspaceId), eq(endpoints.id, endpointId)));
  if (!endpoint) return;
  const user = { kind: "endpoint", id: endpointId, name: endpoint.name } as const;
  if (endpoint.archivedAt) return noteFeatureUses(ctx, user, []);
  const deployed = (await currentDeployments(ctx, [endpointId])).get(endpointId);
  const ongoing = await ctx.db
    .select({ stable: rollouts.stableVersionId, canary: rollouts.canaryVersionId })
    .from(rollouts)
    .where(and(eq(rollouts.workspaceId, workspaceId), eq(rollouts.endpointId, endpointId), isNull(rollouts.endedAt)));
  const steps = endpoint.cascade.next ?? [];
  const ids = new Set([
    ...(deployed ? [deployed.versionId] : []),
    ...ongoing.flatMap(({ stable, canary }) => [stable, canary]),
    ...steps.map(({ versionId }) => versionId),
  ]);
  const versions = await ctx.db
    .select({ pipeline: modelVersions.pipeline })
    .from(modelVersions)
    .where(and(eq(modelVersions.workspaceId, workspaceId), inArray(modelVersions.id, [...ids])));
  await noteFeatureUses(
    ctx,
    user,
    versions.flatMap(({ pipeline }) => featuresOfPipeline(pipeline)),
  );
}
