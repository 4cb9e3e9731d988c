import { and, desc, eq, isNull, type SQL, sql } from "drizzle-orm";
import { deployments, endpoints, modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

export interface ServedVersion {
  modelId: string;
  versionId: string;
  version: number;
  endpointId: string;
  endpointName: string;
  /** Whether it handles requests that the deployed version escalates, as a further step of a cascade. */
  isStep: boolean;
}

/**
 * Lists the versions that serve at endpoints of this workspace, by endpoint name: the newest deployment of each, followed by the
 * further steps of its cascade.
 * @param where on columns of model_versions.
 */
export async function servedVersions(ctx: Context, where: SQL | undefined): Promise<ServedVersion[]> {
  const newest = ctx.db
    .selectDistinctOn([deployments.endpointId], {
      endpointId: deployments.endpointId,
      versionId: deployments.versionId,
    })
    .from(deployments)
    .where(eq(deployments.workspaceId, ctx.actor.workspaceId))
    .orderBy(deployments.endpointId, desc(deployments.id))
    .as("newest");
  const columns = {
    modelId: modelVersions.modelId,
    versionId: modelVersions.id,
    version: modelVersions.version,
    endpointId: endpoints.id,
    endpointName: endpoints.name,
  };
  const deployed = await ctx.db
    .select(columns)
    .from(newest)
    .innerJoin(endpoints, eq(endpoints.id, newest.endpointId))
    .innerJoin(modelVersions, eq(modelVersions.id, newest.versionId))
    .where(and(isNull(endpoints.archivedAt), where))
    .orderBy(endpoints.name);
  const steps = await ctx.db
    .select(columns)
    .from(endpoints)
    .innerJoin(
      modelVersions,
      sql`${endpoints.workspaceId} = ${modelVersions.workspaceId}
        and ${endpoints.cascade} -> 'next' @> jsonb_build_array(jsonb_build_object('versionId', ${modelVersions.id}))`,
    )
    .where(and(eq(endpoints.workspaceId, ctx.actor.workspaceId), isNull(endpoints.archivedAt), where))
    .orderBy(endpoints.name, modelVersions.id);
  const further = steps.filter(
    (step) => !deployed.some((one) => one.endpointId === step.endpointId && one.versionId === step.versionId),
  );
  const all = [
    ...deployed.map((one) => ({ ...one, isStep: false })),
    ...further.map((step) => ({ ...step, isStep: true })),
  ];
  return all.sort((one, other) =>
    one.endpointName < other.endpointName ? -1 : one.endpointName > other.endpointName ? 1 : 0,
  );
}
