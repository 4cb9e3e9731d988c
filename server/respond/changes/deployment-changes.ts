import { and, asc, eq, gte, inArray, lte, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { deployments, endpoints, modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Change } from "./contract.ts";
import type { Span } from "./span.ts";

const previousVersions = alias(modelVersions, "previous_version");
const previousModels = alias(registeredModels, "previous_model");

/** Returns deployments to endpoints as changes. A deployment of a version older than the serving one is reported as a rollback. */
export async function deploymentChanges(ctx: Context, { endpointIds, from, to, limit }: Span): Promise<Change[]> {
  const previous = sql`(
    select p.version_id from deployments p
    where p.endpoint_id = ${deployments.endpointId} and p.id < ${deployments.id} order by p.id desc limit 1
  )`;
  const rows = await ctx.db
    .select({
      id: deployments.id,
      endpointId: deployments.endpointId,
      endpoint: endpoints.name,
      at: deployments.deployedAt,
      actor: deployments.deployedBy,
      model: registeredModels.name,
      version: modelVersions.version,
      previousModel: previousModels.name,
      previousVersion: previousVersions.version,
    })
    .from(deployments)
    .innerJoin(endpoints, eq(endpoints.id, deployments.endpointId))
    .innerJoin(modelVersions, eq(modelVersions.id, deployments.versionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .leftJoin(previousVersions, eq(previousVersions.id, previous))
    .leftJoin(previousModels, eq(previousModels.id, previousVersions.modelId))
    .where(
      and(
        eq(deployments.workspaceId, ctx.actor.workspaceId),
        inArray(deployments.endpointId, endpointIds),
        gte(deployments.deployedAt, from),
        lte(deployments.deployedAt, to),
      ),
    )
    .orderBy(sql`${deployments.deployedAt} desc`, asc(deployments.id))
    .limit(limit);
  return rows.map(({ model, version, previousModel, previousVersion, endpoint, ...row }) => {
    const isBack = previousModel === model && previousVersion !== null && previousVersion > version;
    const name = `${model} version ${version}`;
    return {
      ...row,
      id: `deployment:${row.id}`,
      kind: isBack ? "rollback" : "deploy",
      title: isBack ? `${endpoint} rolled back to ${name}` : `${name} deployed to ${endpoint}`,
      href: `/endpoints/${encodeURIComponent(endpoint)}`,
      before: previousModel === null ? null : `${previousModel} version ${previousVersion}`,
      after: name,
    };
  });
}
