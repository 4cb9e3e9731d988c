import { eq } from "drizzle-orm";
import { modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { planPipeline } from "#server/develop/registry/pipeline/plan.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";

/**
 * Returns the names of the inputs that requests to an endpoint have, by the deployed version and its pipeline; undefined where they are not known.
 * The caller has checked permissions.
 */
export async function requestInputs(ctx: Context, endpointId: string): Promise<string[] | undefined> {
  const deployment = (await currentDeployments(ctx, [endpointId])).get(endpointId);
  if (!deployment) return undefined;
  const [version] = await ctx.db
    .select({ signature: modelVersions.signature, pipeline: modelVersions.pipeline })
    .from(modelVersions)
    .where(eq(modelVersions.id, deployment.versionId));
  if (!version?.signature) return undefined;
  const { signature, pipeline } = version;
  if (!pipeline) return signature.inputs.map(({ name }) => name);
  const { inputs, optional } = planPipeline(pipeline, signature);
  return [...inputs, ...optional].map(({ name }) => name);
}
