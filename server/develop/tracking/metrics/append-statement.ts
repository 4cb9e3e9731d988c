import { sql } from "drizzle-orm";
import { prepared } from "#db/prepared.ts";

const value = (name: string) => sql.placeholder(name);
const integers = (name: string) => sql`${value(name)}::bigint[]`;
const doubles = (name: string) => sql`${value(name)}::double precision[]`;

/**
 * Stores the points of a batch for several series of a locked run. A chunk is certainly new if it starts after all existing points; a
 * point, if it comes after all chunks and is not among the unpacked ones. If neither is certain, nothing is stored.
 * @returns indices and ids of the series with points that were not stored.
 */
export const appendToSeries = prepared<{ place: number; id: number }>(
  "append-points",
  sql`
  with sent as (
    select * from unnest(
      ${value("keys")}::text[], ${integers("steps")}, ${integers("timestamps")}, ${doubles("values")},
      ${integers("firstSteps")}, ${integers("firstTimestamps")},
      ${integers("lastSteps")}, ${integers("lastTimestamps")}, ${doubles("lastValues")}
    ) with ordinality as sent (
      key, step, timestamp, value, first_step, first_timestamp, last_step, last_timestamp, last_value, place
    )
  ), known as (
    select sent.*, first_step is not null as is_packed, first_step is not null
      and (series.id is null or (first_step, first_timestamp) > (series.step, series.timestamp)) as is_new
    from sent left join metric_series series on series.run_id = ${value("runId")} and series.key = sent.key
  ), series as (
    insert into metric_series
      (workspace_id, run_id, key, step, timestamp, value, packed_step, packed_timestamp, packed_value)
    select ${value("workspaceId")}::uuid, ${value("runId")}, key, step, timestamp, value,
      case when is_new then last_step end, case when is_new then last_timestamp end, case when is_new then last_value end
    from known
    on conflict (run_id, key) do update set
      (step, timestamp, value) = (
        select step, timestamp, value
        from (values
          (metric_series.step, metric_series.timestamp, metric_series.value),
          (excluded.step, excluded.timestamp, excluded.value)
        ) as candidate (step, timestamp, value)
        order by step desc, timestamp desc, case when value = 'NaN' then 0 else value end desc limit 1
      ),
      packed_step = coalesce(excluded.packed_step, metric_series.packed_step),
      packed_timestamp = coalesce(excluded.packed_timestamp, metric_series.packed_timestamp),
      packed_value = coalesce(excluded.packed_value, metric_series.packed_value)
    returning id, key, packed_step, packed_timestamp, packed_value
  ), stored as (
    select known.place, known.is_packed, known.is_new, series.* from known join series using (key)
  ), chunk as (
    insert into metric_chunks (
      series_id, first_step, first_timestamp, first_value, last_step, last_timestamp, last_value,
      earliest, latest, points, nan_step, is_settled, data
    )
    select stored.id, first_step, first_timestamp, first_value, last_step, last_timestamp, last_value,
      earliest, latest, points, nan_step, false, data
    from unnest(
      ${value("chunkPlaces")}::integer[],
      ${integers("chunkFirstSteps")}, ${integers("chunkFirstTimestamps")}, ${doubles("chunkFirstValues")},
      ${integers("chunkLastSteps")}, ${integers("chunkLastTimestamps")}, ${doubles("chunkLastValues")},
      ${integers("chunkEarliest")}, ${integers("chunkLatest")}, ${value("chunkPoints")}::integer[],
      ${integers("chunkNanSteps")}, ${value("chunkData")}::bytea[]
    ) as chunk (
      place, first_step, first_timestamp, first_value, last_step, last_timestamp, last_value,
      earliest, latest, points, nan_step, data
    ) join stored using (place) where stored.is_new
  ), point as (
    select stored.place, stored.id, point.step, point.timestamp, point.value, packed_step is null
      or (point.step, point.timestamp, point.value) > (packed_step, packed_timestamp, packed_value) as is_after
    from unnest(
      ${value("pointPlaces")}::integer[],
      ${integers("pointSteps")}, ${integers("pointTimestamps")}, ${doubles("pointValues")}
    ) as point (place, step, timestamp, value) join stored using (place)
  ), written as (
    insert into metric_points (series_id, step, timestamp, value)
    select id, step, timestamp, value from point where is_after
    on conflict do nothing
  )
  select place, id from stored where is_packed and not is_new
  union select place, id from point where not is_after`,
);
