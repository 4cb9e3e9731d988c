import { eq, inArray, sql } from "drizzle-orm";
import { modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import { permit } from "#server/identity/permit.ts";
import { type Arm, type EndpointSeries, GetEndpointSeries, windowSeconds } from "./contract.ts";
import { describeSum, sumWindows } from "./window-sums.ts";

/**
 * Traffic, errors and latency of an endpoint by step, version and arm, in time order. The window that is still open is left
 * out. A step nobody wrote a row for, because no gateway served the endpoint, is absent; one without requests has zeros.
 */
export async function getEndpointSeries(ctx: Context, input: GetEndpointSeries): Promise<EndpointSeries> {
  permit(ctx, "getEndpointSeries");
  const { endpointId, from, to, stepSeconds } = GetEndpointSeries.parse(input);
  const where = sql`endpoint_id = ${endpointId} and window_start >= ${from.toISOString()}::timestamptz
    and window_start < ${to.toISOString()}::timestamptz and window_start < now() - make_interval(secs => ${windowSeconds})`;
  const step = sql`(floor(extract(epoch from window_start) / ${stepSeconds}::int) * ${stepSeconds}::int)::bigint`;
  const sums = await sumWindows<[number, string, Arm]>(ctx, where, sql`jsonb_build_array(${step}, version_id, arm)`);
  return {
    stepSeconds,
    versions: await namesOf(ctx, [...new Set(sums.map(({ key: [, versionId] }) => versionId))]),
    points: sums.map((sum) => {
      const [seconds, versionId, arm] = sum.key;
      return { at: new Date(seconds * 1000), versionId, arm, ...describeSum(sum) };
    }),
  };
}

async function namesOf(ctx: Context, versionIds: string[]): Promise<EndpointSeries["versions"]> {
  if (versionIds.length === 0) return [];
  return ctx.db
    .select({ versionId: modelVersions.id, modelName: registeredModels.name, version: modelVersions.version })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(inArray(modelVersions.id, versionIds))
    .orderBy(registeredModels.name, modelVersions.version);
}
