import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import type { OwnedEndpoint } from "#server/platform/teams/read-owners.ts";
import type { Correctness } from "../report/cost-row.ts";
import type { DaySpend } from "../spending/contract.ts";
import type { BatchSize, MeasuredEndpoint, MeasuredVersion } from "./find-savings.ts";
import { readPromises } from "./read-promises.ts";
import { readVersionLatencies } from "./read-version-latencies.ts";

/** Limits of the prediction log read: the latest days, and for repeats the latest requests of each endpoint. */
const logDays = 7;
const maxRequests = 2000;

const Version = z.object({
  endpointId: z.string(),
  versionId: z.string(),
  version: z.number(),
  isCurrent: z.boolean(),
});
type Version = z.infer<typeof Version>;

/** Reads measurements of endpoints for savings opportunities. @param usage of the last days only @param days number of those days */
export async function readMeasured(
  ctx: Context,
  usage: readonly DaySpend[],
  days: number,
  known: { names: ReadonlyMap<string, OwnedEndpoint>; accuracy: ReadonlyMap<string, Correctness> },
): Promise<MeasuredEndpoint[]> {
  const ids = [...new Set(usage.map(({ endpointId }) => endpointId))];
  if (ids.length === 0) return [];
  const [versions, batches, repeats, promises, latencies] = await sideBySide(ctx, [
    () => readVersions(ctx, ids),
    () => readBatches(ctx, ids),
    () => readRepeats(ctx, ids),
    () => readPromises(ctx),
    () => readVersionLatencies(ctx, ids),
  ]);
  return ids.map((endpointId) => {
    const own = usage.filter((row) => row.endpointId === endpointId);
    const sum = (read: (row: DaySpend) => number) => own.reduce((total, row) => total + read(row), 0);
    return {
      name: known.names.get(endpointId)?.name ?? endpointId,
      promises: promises.get(endpointId) ?? [],
      spent: sum(({ compute, idle, engine }) => compute + idle + engine),
      compute: sum(({ compute }) => compute),
      days,
      versions: versions
        .filter((one) => one.endpointId === endpointId)
        .map((one) => ({
          ...measured(one, own, known.accuracy.get(`${endpointId} ${one.versionId}`)),
          latencyMsP95: latencies.get(`${endpointId} ${one.versionId}`) ?? null,
        })),
      batches: batches.get(endpointId) ?? [],
      repeats: repeats.get(endpointId) ?? null,
    };
  });
}

function measured(
  { versionId, version, isCurrent }: Version,
  usage: readonly DaySpend[],
  accuracy: Correctness | undefined,
): MeasuredVersion {
  const own = usage.filter((row) => row.versionId === versionId);
  const rows = own.reduce((sum, row) => sum + row.rows, 0);
  const deviceMs = own.reduce((sum, { coreMs, gpuMs }) => sum + coreMs + gpuMs, 0);
  return { versionId, version, isCurrent, rows, deviceMs, accuracy };
}

/** Reads versions that were deployed to endpoints or ran for them, and which of them serves. */
async function readVersions(ctx: Context, ids: readonly string[]): Promise<Version[]> {
  const result = await ctx.db.execute(sql`
    with ran as (
      select distinct endpoint_id, version_id from usage_hours
      where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = any(${sql.param([...ids])}::uuid[]) and hour > now() - interval '28 days'
    )
    select ran.endpoint_id as "endpointId", ran.version_id as "versionId", model_versions.version,
      coalesce(ran.version_id = current.version_id, false) as "isCurrent"
    from ran join model_versions on model_versions.id = ran.version_id
    left join lateral (
      select version_id from deployments where deployments.endpoint_id = ran.endpoint_id order by id desc limit 1
    ) as current on true`);
  return rowsOf(Version, result);
}

/** Runs of each endpoint by their rows, out of the log: a run is seen once for each of its requests, so those count as its part. */
async function readBatches(ctx: Context, ids: readonly string[]): Promise<Map<string, BatchSize[]>> {
  const { rows } = await ctx.db.execute<{ endpointId: string; rows: number; runs: number; runMs: number }>(sql`
    select endpoint_id as "endpointId", batch_rows as rows, (count(*)::float8 / batch_rows)::float8 as runs,
      avg((parts->>'computeMs')::float8)::float8 as "runMs"
    from predictions
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = any(${sql.param([...ids])}::uuid[])
      and at > now() - make_interval(days => ${logDays}) and batch_rows > 0 and parts is not null and status = 200
      and logged_reason = 'sampled' and arm = 'stable'
    group by 1, 2`);
  const grouped = Map.groupBy(rows, ({ endpointId }) => endpointId);
  return new Map([...grouped].map(([id, own]) => [id, own.map(({ rows, runs, runMs }) => ({ rows, runs, runMs }))]));
}

/** Counts, among the latest sampled requests with stored inputs, those with the same inputs as another in the hour before. */
async function readRepeats(
  ctx: Context,
  ids: readonly string[],
): Promise<Map<string, { requests: number; repeated: number }>> {
  const { rows } = await ctx.db.execute<{ endpointId: string; requests: number; repeated: number }>(sql`
    select id as "endpointId", count(*)::int as requests,
      (count(*) filter (where before > at - interval '1 hour'))::int as repeated
    from endpoints, lateral (
      select at, lag(at) over (partition by jsonb_hash_extended(inputs, 0) order by at) as before from (
        select at, inputs from predictions
        where endpoint_id = endpoints.id and workspace_id = endpoints.workspace_id and inputs is not null and status = 200
          and logged_reason = 'sampled' and source = 'model' and arm = 'stable' and at > now() - make_interval(days => ${logDays})
        order by at desc limit ${maxRequests}
      ) as latest
    ) as requested
    where workspace_id = ${ctx.actor.workspaceId} and id = any(${sql.param([...ids])}::uuid[]) and cache->>'ttlSeconds' is null
    group by 1`);
  return new Map(rows.map(({ endpointId, requests, repeated }) => [endpointId, { requests, repeated }]));
}
