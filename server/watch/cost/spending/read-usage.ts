import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { rowsLikeFirst } from "#server/base/rows-of.ts";
import type { PriceSegment } from "../../../serve/prices/price-segments.ts";
import { type DaySpan, DaySpend, MachineDay } from "./contract.ts";
import { dayInSql, withinDays } from "./day-in-sql.ts";

/**
 * Selects machines by hour with their prices, and the workspace's usage with its part of their idle cost. As in OpenCost
 * (specification, "idle = asset − workload"): the cost of a machine in an hour, for cores and GPUs each, minus the usage of runs, is
 * idle. It is shared in proportion to each usage in that hour, over all workspaces; if nothing ran, equally among the loaded versions.
 */
function allocated(ctx: Context, span: DaySpan, segments: readonly PriceSegment[]): SQL {
  const hour = sql`hour`;
  const priced = (item: string, variant: SQL) => sql`(
    select amount from price where item = ${item} and price.variant in (${variant}, '') and hour >= starts and hour < ends
    order by price.variant = '' limit 1)`;
  return sql`price as materialized (
      select item, variant, amount, coalesce(starts, '-infinity') as starts, coalesce(ends, 'infinity') as ends
      from jsonb_to_recordset(${JSON.stringify(segments.map(stored))}::jsonb) as given(item text, variant text, amount float8,
        starts timestamptz, ends timestamptz)
    ), used as materialized (
      select * from usage_hours
      where workspace_id = ${ctx.actor.workspaceId} and ${withinDays(hour, span)}
    ), asset as materialized (
      select machine, hour, kind, gpu_kind, cores, gpus, core_busy_ms, gpu_busy_ms, greatest(1, served) as served,
        ${priced("core-hour", sql`kind`)} as core_price,
        ${priced("gpu-hour", sql`gpu_kind`)} as gpu_price,
        bit_count(minutes_up::bit(60)) / 60.0::float8 as up
      from machine_hours where ${withinDays(hour, span)} and machine in (select machine from used)
    ), idle as materialized (
      select *, greatest(0, cores * up - core_busy_ms / ${hourMs}) * core_price as core_idle,
        greatest(0, gpus * up - gpu_busy_ms / ${hourMs}) * gpu_price as gpu_idle
      from asset
    ), spent as (
      select used.*, ${dayInSql(hour, span)} as day, is_core, is_gpu,
        case when is_core then compute_ms / ${hourMs} * core_price when is_gpu then compute_ms / ${hourMs} * gpu_price end as compute,
        coalesce(core_idle * case when core_busy_ms > 0 then case when is_core then compute_ms / core_busy_ms else 0 end
          else 1.0 / served end, 0)
        + coalesce(gpu_idle * case when gpu_busy_ms > 0 then case when is_gpu then compute_ms / gpu_busy_ms else 0 end
          else 1.0 / served end, 0) as idle,
        case when is_engine then engine_runs * ${priced("engine-request", sql`substr(provider, 8)`)} end as engine,
        is_engine, engine_runs
      from used left join idle using (machine, hour),
        lateral (select provider = 'cpu' as is_core, provider in ('cuda', 'tensorrt', 'webgpu') as is_gpu,
          provider like 'remote %' as is_engine,
          requests + escalated_runs as engine_runs) as what
    )`;
}

function stored({ item, variant, amount, from, to }: PriceSegment) {
  const instant = (at: number) => (Number.isFinite(at) ? new Date(at).toISOString() : null);
  return { item, variant, amount, starts: instant(from), ends: instant(to) };
}

/** Reads the cost of each version behind each endpoint by day. @param segments in one currency */
export async function readUsageDays(
  ctx: Context,
  span: DaySpan,
  segments: readonly PriceSegment[],
): Promise<DaySpend[]> {
  const result = await ctx.db.execute(sql`
    with ${allocated(ctx, span, segments)}
    select day, endpoint_id as "endpointId", version_id as "versionId", arm,
      coalesce(sum(compute), 0)::float8 as compute, sum(idle)::float8 as idle, coalesce(sum(engine), 0)::float8 as engine,
      sum(requests)::float8 as requests, sum(answered)::float8 as answered, sum(rows)::float8 as rows,
      sum(cache_hits + coalesced)::float8 as shared,
      coalesce(sum(compute_ms) filter (where is_core), 0)::float8 as "coreMs",
      coalesce(sum(compute_ms) filter (where is_gpu), 0)::float8 as "gpuMs",
      (coalesce(sum(compute_ms) filter (where compute is null and (is_core or is_gpu)), 0)
        + coalesce(sum(engine_runs) filter (where engine is null and is_engine), 0))::float8 as unpriced
    from spent group by 1, 2, 3, 4 order by 1, 2, 3, 4`);
  return rowsLikeFirst(DaySpend, result);
}

/** Reads the cost of each machine that served the workspace by day: total and the workspace's share. @param segments in one currency */
export async function readMachineDays(
  ctx: Context,
  span: DaySpan,
  segments: readonly PriceSegment[],
): Promise<MachineDay[]> {
  const result = await ctx.db.execute(sql`
    with ${allocated(ctx, span, segments)}, own as (
      select machine, day, coalesce(sum(compute), 0) as compute, sum(idle) as idle from spent group by 1, 2
    ), totals as (
      select machine, ${dayInSql(sql`hour`, span)} as day, max(kind) as kind,
        sum(coalesce(cores * up * core_price, 0) + coalesce(gpus * up * gpu_price, 0)) as cost, sum(cores * up) as "coreHours",
        sum(core_busy_ms) / ${hourMs} as "coreBusyHours", sum(gpus * up) as "gpuHours", sum(gpu_busy_ms) / ${hourMs} as "gpuBusyHours"
      from idle group by 1, 2
    )
    select machine, day, kind, cost::float8 as cost, coalesce(compute, 0)::float8 as compute, coalesce(own.idle, 0)::float8 as idle,
      "coreHours"::float8 as "coreHours", "coreBusyHours"::float8 as "coreBusyHours", "gpuHours"::float8 as "gpuHours",
      "gpuBusyHours"::float8 as "gpuBusyHours"
    from totals left join own using (machine, day) order by day, machine`);
  return rowsLikeFirst(MachineDay, result);
}
