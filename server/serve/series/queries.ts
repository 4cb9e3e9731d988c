import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import { endpoints, modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { grainOf, trafficSource } from "../hours/traffic-source.ts";
import { type Arm, windowSeconds } from "../windows/contract.ts";
import { type EndpointSeries, GetEndpointSeries, type TrafficTotal } from "./contract.ts";
import { gpuSeries } from "./gpu-queries.ts";
import { describeSum, sumTraffic, totalOf } from "./window-sums.ts";

const notShadow = sql`arm <> 'shadow'`;

/**
 * Returns traffic, errors and latency of an endpoint by step, version and arm, in time order. The window that is still open is
 * excluded. A step without a row, because no gateway served the endpoint, is absent; one without requests has zeros.
 * The totals are those of the complete time range, per version and of all, and of the previous time range.
 */
export async function getEndpointSeries(ctx: Context, input: GetEndpointSeries): Promise<EndpointSeries> {
  permit(ctx, "getEndpointSeries");
  const { endpointId, from, to, stepSeconds } = GetEndpointSeries.parse(input);
  await refuseOtherEndpoint(ctx, endpointId);
  const span = { endpointId, from, to };
  const visible = { ...span, only: notShadow };
  const step = sql`(floor(extract(epoch from window_start) / ${stepSeconds}::int) * ${stepSeconds}::int)::bigint`;
  const stepGrain = grainOf(stepSeconds);
  const stepKey = sql`jsonb_build_array(${step}, version_id, arm)`;
  const hours = trafficSource(ctx, visible, "hour");
  const [sums, windowsOf, windowsIn, providersOf, gpus, before] = await sideBySide(ctx, [
    () => sumTraffic<[number, string, Arm]>(ctx, span, stepGrain, stepKey),
    () => countWindows(ctx, hours, sql`version_id`),
    () => countWindows(ctx, trafficSource(ctx, visible, stepGrain), step),
    () => providersByVersion(ctx, hours),
    () => gpuSeries(ctx, within(endpointId, from, to), stepSeconds),
    () => spanBefore(ctx, endpointId, from, to),
  ]);
  const served = sums.filter(({ key: [, , arm] }) => arm !== "shadow");
  const named = await namesOf(ctx, [...new Set(sums.map(({ key: [, versionId] }) => versionId))]);
  return {
    stepSeconds,
    versions: named.map((version) => {
      const own = served.filter(({ key: [, versionId] }) => versionId === version.versionId);
      const providers = providersOf.get(version.versionId) ?? [];
      return { ...version, providers, total: totalOf(own, windowsOf.get(version.versionId)) };
    }),
    points: sums.map((sum) => {
      const [seconds, versionId, arm] = sum.key;
      return { at: new Date(seconds * 1000), versionId, arm, ...describeSum(sum) };
    }),
    steps: [...Map.groupBy(served, ({ key: [seconds] }) => seconds)].map(([seconds, own]) => {
      const windows = windowsIn.get(String(seconds)) ?? 0;
      return {
        at: new Date(seconds * 1000),
        coveredSeconds: windows * windowSeconds,
        ...totalOf(own, windows),
      };
    }),
    gpus,
    total: totalOf(served, windowsOf.get(null)),
    before,
  };
}

async function spanBefore(ctx: Context, endpointId: string, from: Date, to: Date): Promise<TrafficTotal> {
  const start = new Date(2 * from.getTime() - to.getTime());
  const span = { endpointId, from: start, to: from, only: notShadow };
  const sums = await sumTraffic<number>(ctx, span, "hour", sql`to_jsonb(0)`);
  return totalOf(sums, sums[0]?.windows);
}

/** Returns the condition for an endpoint's closed windows that started in the time range. */
function within(endpointId: string, from: Date, to: Date): SQL {
  return sql`endpoint_id = ${endpointId} and window_start >= ${from.toISOString()}::timestamptz
    and window_start < ${to.toISOString()}::timestamptz and window_start < now() - make_interval(secs => ${windowSeconds})`;
}

/** Counts the distinct windows with a row, by `key` as text; null is all together. @param source rows of trafficSource */
async function countWindows(ctx: Context, source: SQL, key: SQL): Promise<Map<string | null, number>> {
  const { rows } = await ctx.db.execute<{ key: string | null; windows: number }>(sql`
    select key, sum(case when windows is null then 1 else bit_count(windows) end)::int as windows
    from (
      select (${key})::text as key, window_start, bit_or(windows) as windows
      from ${source} as traffic group by grouping sets ((1, window_start), (window_start))
    ) as different
    group by key`);
  return new Map(rows.map((row) => [row.key, row.windows]));
}

async function providersByVersion(ctx: Context, source: SQL): Promise<Map<string, string[]>> {
  const { rows } = await ctx.db.execute<{ versionId: string; providers: string[] }>(sql`
    select version_id as "versionId", array_agg(distinct provider order by provider) as providers
    from ${source} as traffic where provider <> 'none' and requests > 0
    group by version_id`);
  return new Map(rows.map(({ versionId, providers }) => [versionId, providers]));
}

async function namesOf(
  ctx: Context,
  versionIds: string[],
): Promise<Omit<EndpointSeries["versions"][number], "total" | "providers">[]> {
  if (versionIds.length === 0) return [];
  return ctx.db
    .select({ versionId: modelVersions.id, modelName: registeredModels.name, version: modelVersions.version })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(inArray(modelVersions.id, versionIds))
    .orderBy(registeredModels.name, modelVersions.version);
}

/** Limits a caller that is bound to endpoints. The lookups of endpoints build on this folder, so it cannot use them. */
async function refuseOtherEndpoint({ db, actor }: Context, endpointId: string): Promise<void> {
  if (!actor.endpoints) return;
  const { id, name, workspaceId } = endpoints;
  const own = and(eq(id, endpointId), eq(workspaceId, actor.workspaceId), inArray(name, [...actor.endpoints]));
  if ((await db.$count(endpoints, own)) > 0) return;
  throw new DomainError("not-found", "Endpoint not found. See Endpoints for a list.");
}
