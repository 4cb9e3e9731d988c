import { and, asc, eq } from "drizzle-orm";
import { registeredModels, retrainingPolicies } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";

/** Policies of one endpoint that are looked through. */
const maxPolicies = 100;

/**
 * Finds the policy by which the model is trained again that an endpoint serves. The caller has checked permissions.
 * @returns the name of the model; null where it has no policy for this endpoint
 */
export async function findPolicyOfEndpoint(ctx: Context, endpointId: string): Promise<{ model: string } | null> {
  const { workspaceId } = ctx.actor;
  const policies = await ctx.db
    .select({ model: registeredModels.name })
    .from(retrainingPolicies)
    .innerJoin(registeredModels, eq(registeredModels.id, retrainingPolicies.modelId))
    .where(
      and(
        eq(retrainingPolicies.workspaceId, workspaceId),
        eq(registeredModels.workspaceId, workspaceId),
        eq(retrainingPolicies.endpointId, endpointId),
      ),
    )
    .orderBy(asc(registeredModels.name))
    .limit(maxPolicies);
  if (policies.length === 0) return null;
  const served = (await currentDeployments(ctx, [endpointId])).get(endpointId);
  return policies.find(({ model }) => model === served?.modelName) ?? null;
}
