import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { hourMs } from "#server/base/durations.ts";

/** A span of time, in milliseconds since 1970. */
export interface Span {
  from: number;
  to: number;
}

/** Machine of a gateway: as reported, or else derived from its id, which begins with the name of the machine. */
const machineOf = sql`coalesce(gateway_heartbeats.state->'machine'->>'name',
  regexp_replace(counted.gateway_id, '-[0-9a-f]{8}$', ''))`;
const isOnGpu = sql`provider in ('cuda', 'tensorrt', 'webgpu')`;

/**
 * Recounts full hours from the counts of gateways: usage of each version of each endpoint, and how busy the machines were. Repeating
 * it, or later with more data in the windows, equals running only the last. Atomic.
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
    await tx.execute(sql`
      insert into usage_hours (workspace_id, endpoint_id, version_id, arm, provider, machine, hour, requests, answered, rows,
        cache_hits, coalesced, compute_ms)
      select workspace_id, endpoint_id, version_id, arm, provider, ${machineOf} as machine, date_trunc('hour', window_start, 'UTC') as hour,
        sum(requests), sum(requests - coalesce((select sum(one.value::int) from jsonb_each_text(failures) as one), 0) + cache_hits + coalesced),
        sum(rows), sum(cache_hits), sum(coalesced), sum(device_sum_ms)
      from ${counted} left join gateway_heartbeats using (gateway_id)
      group by 1, 2, 3, 4, 5, 6, 7
      on conflict (endpoint_id, hour, version_id, arm, provider, machine) do update set
        requests = excluded.requests, answered = excluded.answered, rows = excluded.rows, cache_hits = excluded.cache_hits,
        coalesced = excluded.coalesced, compute_ms = excluded.compute_ms`);
    await tx.execute(sql`
      insert into machine_hours (machine, hour, kind, cores, gpus, gpu_kind, memory_bytes, minutes_up)
      select ${machineOf}, date_trunc('hour', window_start, 'UTC'), coalesce(max(state->'machine'->>'kind'), ''),
        coalesce(max((state->'machine'->>'cores')::int), 0), coalesce(max((state->'machine'->>'gpus')::int), 0),
        coalesce(max(state->'machine'->>'gpuKind'), ''), coalesce(max((state->'machine'->>'memoryBytes')::float8), 0)::bigint,
        bit_or(1::bigint << extract(minute from window_start)::int)
      from ${counted} left join gateway_heartbeats using (gateway_id)
      group by 1, 2
      on conflict (machine, hour) do update set minutes_up = machine_hours.minutes_up | excluded.minutes_up,
        kind = coalesce(nullif(excluded.kind, ''), machine_hours.kind), cores = greatest(excluded.cores, machine_hours.cores),
        gpus = greatest(excluded.gpus, machine_hours.gpus), gpu_kind = coalesce(nullif(excluded.gpu_kind, ''), machine_hours.gpu_kind),
        memory_bytes = greatest(excluded.memory_bytes, machine_hours.memory_bytes)`);
    await tx.execute(sql`
      update machine_hours set core_busy_ms = used.cores, gpu_busy_ms = used.gpus, served = used.served
      from (
        select machine, hour, coalesce(sum(compute_ms) filter (where provider = 'cpu'), 0) as cores,
          coalesce(sum(compute_ms) filter (where ${isOnGpu}), 0) as gpus,
          count(*) as served
        from usage_hours where hour ${within} and hour ${before} group by 1, 2
      ) as used
      where machine_hours.machine = used.machine and machine_hours.hour = used.hour`);
  });
}
