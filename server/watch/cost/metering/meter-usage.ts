import { type SQL, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { hourMs } from "#server/base/durations.ts";

/** A span of time, in milliseconds since 1970. */
export interface Span {
  from: number;
  to: number;
}

/**
 * Machine of a window: its own; in windows of earlier releases the one that the gateway reports now, or else the one in its id, which
 * begins with the name of the machine.
 */
const machineOf = sql`coalesce(nullif(counted.machine, ''), gateway_heartbeats.state->'machine'->>'name',
  regexp_replace(split_part(counted.gateway_id, '~', 1), '-[0-9a-f]{8}$', ''))`;
/** A gateway has further ids after its clock was set back, which begin with the one of its heartbeat. */
const byGateway = sql`gateway_heartbeats.gateway_id = split_part(counted.gateway_id, '~', 1)`;
const isOnGpu = sql`provider in ('cuda', 'tensorrt', 'webgpu')`;

/**
 * Recounts full hours from the counts of gateways: usage of each version of each endpoint, and how busy the machines were. The rows of an
 * hour are those that its windows say and no others: repeating it, later with more data in the windows or under another name of a
 * machine, equals running only the last. Hours of endpoints without windows stay as they are. Atomic, and one at a time.
 * @param span widened to full hours, UTC
 */
export async function meterUsage(db: Database, { from, to }: Span): Promise<void> {
  const [first, end] = [Math.floor(from / hourMs) * hourMs, Math.ceil(to / hourMs) * hourMs];
  const within = sql`>= ${new Date(first).toISOString()}::timestamptz`;
  const before = sql`< ${new Date(end).toISOString()}::timestamptz`;
  // Windows are found by workspace and time, so each look costs what its hours hold, however many others there are.
  const counted = sql`workspaces cross join lateral (
    select * from serving_windows where workspace_id = workspaces.id and window_start ${within} and window_start ${before} offset 0
  ) as counted`;
  await db.transaction(async (tx) => {
    // Of two at a time, the one that read first could write last.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('leeway.meter-usage'))`);
    await tx.execute(sql`
      with recounted as materialized (
        select workspace_id, endpoint_id, version_id, arm, provider, ${machineOf} as machine, date_trunc('hour', window_start, 'UTC') as hour,
          sum(requests) as requests,
          sum(requests - coalesce((select sum(one.value::int) from jsonb_each_text(failures) as one), 0) + cache_hits + coalesced) as answered,
          sum(rows) as rows, sum(cache_hits) as cache_hits, sum(coalesced) as coalesced,
          sum(coalesce((cascade->>'escalatedRuns')::int, 0)) as escalated_runs, sum(device_sum_ms) as compute_ms
        from ${counted} left join gateway_heartbeats on ${byGateway}
        group by 1, 2, 3, 4, 5, 6, 7
      ), stale as (
        delete from usage_hours as usage where hour ${within} and hour ${before}
          and (endpoint_id, hour) in (select endpoint_id, hour from recounted)
          and not exists (select from recounted as now where now.endpoint_id = usage.endpoint_id and now.hour = usage.hour
            and now.version_id = usage.version_id and now.arm = usage.arm and now.provider = usage.provider and now.machine = usage.machine)
      )
      insert into usage_hours (workspace_id, endpoint_id, version_id, arm, provider, machine, hour, requests, answered, rows,
        cache_hits, coalesced, escalated_runs, compute_ms)
      select workspace_id, endpoint_id, version_id, arm, provider, machine, hour, requests, answered, rows, cache_hits, coalesced,
        escalated_runs, compute_ms
      from recounted
      on conflict (endpoint_id, hour, version_id, arm, provider, machine) do update set
        requests = excluded.requests, answered = excluded.answered, rows = excluded.rows, cache_hits = excluded.cache_hits,
        coalesced = excluded.coalesced, escalated_runs = excluded.escalated_runs, compute_ms = excluded.compute_ms`);
    await tx.execute(sql`
      insert into machine_hours (machine, hour, kind, cores, gpus, gpu_kind, memory_bytes, minutes_up)
      select ${machineOf}, date_trunc('hour', window_start, 'UTC'), coalesce(max(${reported("kind")}), ''),
        coalesce(max((${reported("cores")})::int), 0), coalesce(max((${reported("gpus")})::int), 0),
        coalesce(max(${reported("gpuKind")}), ''), coalesce(max((${reported("memoryBytes")})::float8), 0)::bigint,
        bit_or(1::bigint << extract(minute from window_start)::int)
      from ${counted} left join gateway_heartbeats on ${byGateway}
      group by 1, 2
      on conflict (machine, hour) do update set minutes_up = machine_hours.minutes_up | excluded.minutes_up,
        kind = coalesce(nullif(excluded.kind, ''), machine_hours.kind), cores = greatest(excluded.cores, machine_hours.cores),
        gpus = greatest(excluded.gpus, machine_hours.gpus), gpu_kind = coalesce(nullif(excluded.gpu_kind, ''), machine_hours.gpu_kind),
        memory_bytes = greatest(excluded.memory_bytes, machine_hours.memory_bytes)`);
    await tx.execute(sql`
      update machine_hours set core_busy_ms = used.cores, gpu_busy_ms = used.gpus, served = used.served
      from (
        select machine_hours.machine, machine_hours.hour,
          coalesce(sum(compute_ms) filter (where provider = 'cpu'), 0) as cores,
          coalesce(sum(compute_ms) filter (where ${isOnGpu}), 0) as gpus,
          count(usage_hours.machine) as served
        from machine_hours left join usage_hours using (machine, hour)
        where hour ${within} and hour ${before} group by 1, 2
      ) as used
      where machine_hours.machine = used.machine and machine_hours.hour = used.hour
        and (core_busy_ms, gpu_busy_ms, machine_hours.served) is distinct from (used.cores, used.gpus, used.served::int)`);
  });
}

/** Property of the machine that a gateway reports; null if that is another machine than the window's, since it was renamed. */
function reported(property: "kind" | "cores" | "gpus" | "gpuKind" | "memoryBytes"): SQL {
  return sql`(case when gateway_heartbeats.state->'machine'->>'name' = ${machineOf} then gateway_heartbeats.state->'machine'->>${sql.raw(`'${property}'`)} end)`;
}
