import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";

/** A version of an endpoint's model that never served there, with what was measured of it elsewhere. */
const UnservedVersion = z.object({
  versionId: z.string(),
  modelName: z.string(),
  version: z.number(),
  /** Accuracy on its reference, or what a gate measured last; null where neither was. */
  referenceAccuracy: z.number().nullable(),
  referenceRows: z.number().nullable(),
  gateAccuracy: z.number().nullable(),
  /** From the slowest rate of its newest load test through this endpoint: p95 and mean duration of a run, in milliseconds. */
  latencyMsP95: z.number().nullable(),
  computeMs: z.number().nullable(),
  requestsPerSecond: z.number().nullable(),
});
export type UnservedVersion = z.infer<typeof UnservedVersion>;

const most = 50;

/**
 * Reads versions of the models that served, newest first, except those that served themselves and those without any measurement.
 * @param served ids of versions that served. The caller has checked permissions.
 */
export async function readUnserved(
  ctx: Context,
  endpointId: string,
  served: readonly string[],
): Promise<UnservedVersion[]> {
  if (served.length === 0) return [];
  const { workspaceId } = ctx.actor;
  const ids = sql.param([...served]);
  const result = await ctx.db.execute(sql`
    with candidate as (
      select model_versions.id, name, version from model_versions join registered_models on registered_models.id = model_id
      where model_versions.workspace_id = ${workspaceId}
        and model_id in (select model_id from model_versions where id = any(${ids}::uuid[])) and model_versions.id <> all(${ids}::uuid[])
      order by name, version desc limit ${most}
    )
    select candidate.id as "versionId", name as "modelName", version, reference.accuracy as "referenceAccuracy",
      reference.rows as "referenceRows", gate.measured as "gateAccuracy", tested.p95 as "latencyMsP95", tested.compute as "computeMs",
      tested.rate as "requestsPerSecond"
    from candidate
    left join lateral (
      select (quality->'metrics'->>'accuracy')::float8 as accuracy, (quality->>'labelled')::int as rows from reference_profiles
      where version_id = candidate.id and workspace_id = ${workspaceId} and state = 'ready' and retired_at is null
      order by created_at desc limit 1
    ) as reference on true
    left join lateral (
      select measured from gate_runs
      where version_id = candidate.id and workspace_id = ${workspaceId} and gate = 'metric:accuracy' and measured is not null
      order by id desc limit 1
    ) as gate on true
    left join lateral (
      select (measured->'latencyMs'->'p95'->>'value')::float8 as p95, (measured->>'computeMsMean')::float8 as compute,
        (measured->>'requestsPerSecond')::float8 as rate
      from load_tests join load_test_steps on load_test_id = load_tests.id
      where version_id = candidate.id and endpoint_id = ${endpointId} and load_tests.workspace_id = ${workspaceId} and state = 'done'
        and (measured->>'succeeded')::int >= 20
      order by load_tests.created_at desc, position limit 1
    ) as tested on true
    where coalesce(reference.accuracy, gate.measured, tested.p95) is not null`);
  return rowsOf(UnservedVersion, result);
}
