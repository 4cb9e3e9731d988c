import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";

/** A gateway beats every five seconds; one that missed a dozen is gone. */
const aliveSeconds = 60;

/**
 * Records for this minute which machines run gateways and their hardware, whether or not they serve anything. Recording a minute is
 * idempotent. Time comes from the clock of Postgres, as for heartbeats.
 */
export async function meterMachines(db: Database): Promise<void> {
  await db.execute(sql`
    insert into machine_hours (machine, hour, kind, cores, gpus, gpu_kind, memory_bytes, model_bytes, minutes_up)
    select state->'machine'->>'name', date_trunc('hour', now(), 'UTC'), max(state->'machine'->>'kind'), max((state->'machine'->>'cores')::int),
      max((state->'machine'->>'gpus')::int), max(state->'machine'->>'gpuKind'), max((state->'machine'->>'memoryBytes')::float8)::bigint,
      sum((select coalesce(sum((one->>'memoryBytes')::float8), 0) from jsonb_array_elements(state->'versions') as one))::bigint,
      1::bigint << extract(minute from now())::int
    from gateway_heartbeats
    where seen_at > now() - make_interval(secs => ${aliveSeconds}) and state ? 'machine'
    group by 1
    on conflict (machine, hour) do update set kind = excluded.kind, cores = excluded.cores, gpus = excluded.gpus,
      gpu_kind = coalesce(nullif(excluded.gpu_kind, ''), machine_hours.gpu_kind), memory_bytes = excluded.memory_bytes,
      model_bytes = greatest(excluded.model_bytes, machine_hours.model_bytes),
      minutes_up = machine_hours.minutes_up | excluded.minutes_up`);
}
