import { and, desc, eq, inArray, lte } from "drizzle-orm";
import { deployments, modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { ExecutionProvider } from "../../develop/registry/execution/contract.ts";
import type { Deployment } from "./contract.ts";

/**
 * Returns the current deployment of each endpoint; endpoints that serve nothing are absent. @param at for the deployment that was current then
 */
export async function currentDeployments(
  ctx: Context,
  endpointIds: string[],
  at?: Date,
): Promise<Map<string, Deployment>> {
  if (endpointIds.length === 0) return new Map();
  const rows = await ctx.db
    .selectDistinctOn([deployments.endpointId], columns)
    .from(deployments)
    .innerJoin(modelVersions, eq(modelVersions.id, deployments.versionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(
      and(
        eq(deployments.workspaceId, ctx.actor.workspaceId),
        inArray(deployments.endpointId, endpointIds),
        at && lte(deployments.deployedAt, at),
      ),
    )
    .orderBy(deployments.endpointId, desc(deployments.id));
  return new Map(rows.map((row) => [row.endpointId, toDeployment(row)]));
}

/** Lists the newest `limit` deployments of an endpoint, newest first. */
export async function deploymentHistory(ctx: Context, endpointId: string, limit: number): Promise<Deployment[]> {
  const rows = await ctx.db
    .select(columns)
    .from(deployments)
    .innerJoin(modelVersions, eq(modelVersions.id, deployments.versionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(eq(deployments.workspaceId, ctx.actor.workspaceId), eq(deployments.endpointId, endpointId)))
    .orderBy(desc(deployments.id))
    .limit(limit);
  return rows.map(toDeployment);
}

const columns = {
  id: deployments.id,
  endpointId: deployments.endpointId,
  versionId: deployments.versionId,
  modelName: registeredModels.name,
  version: modelVersions.version,
  providers: deployments.providers,
  engine: deployments.engine,
  reason: deployments.reason,
  deployedBy: deployments.deployedBy,
  deployedAt: deployments.deployedAt,
};

interface Row extends Omit<Deployment, "providers"> {
  endpointId: string;
  providers: string[];
}

function toDeployment({ endpointId, providers, ...rest }: Row): Deployment {
  return { ...rest, providers: providers as ExecutionProvider[] };
}
