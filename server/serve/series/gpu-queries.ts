import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import type { GpuSeries } from "./contract.ts";

interface Row extends Record<string, unknown> {
  gpu: string;
  name: string;
  /** Start of the step, in seconds since 1970. */
  step: number;
  utilisation: number | null;
  memoryUsedBytes: number | null;
  memoryTotalBytes: number | null;
}

/**
 * Returns the GPUs of the machines whose gateways served an endpoint, by step, in time order. A step without readings is absent.
 * @param served condition on serving_windows, of this workspace only: when and for whom they served
 */
export async function gpuSeries(ctx: Context, served: SQL, stepSeconds: number): Promise<GpuSeries[]> {
  const { rows } = await ctx.db.execute<Row>(sql`
    with serving as materialized (
      select distinct split_part(gateway_id, '~', 1) as gateway_id, window_start from serving_windows
      where workspace_id = ${ctx.actor.workspaceId} and ${served}
    )
    select gpu, max(name) as name, (floor(extract(epoch from window_start) / ${stepSeconds}::int) * ${stepSeconds}::int)::float8 as step,
      sum(utilisation_sum) / nullif(sum(readings) filter (where utilisation_sum is not null), 0) as utilisation,
      sum(memory_used_sum) / nullif(sum(readings) filter (where memory_used_sum is not null), 0) as "memoryUsedBytes",
      max(memory_total_bytes) as "memoryTotalBytes"
    from gpu_windows join serving using (gateway_id, window_start)
    group by gpu, step order by gpu, step`);
  return [...Map.groupBy(rows, ({ gpu }) => gpu)].map(([gpu, own]) => ({
    gpu,
    name: own.at(-1)?.name ?? gpu,
    memoryTotalBytes: own.at(-1)?.memoryTotalBytes ?? null,
    points: own.map(({ step, utilisation, memoryUsedBytes }) => ({
      at: new Date(step * 1000),
      utilisation,
      memoryUsedBytes,
    })),
  }));
}
