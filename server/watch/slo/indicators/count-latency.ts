import { sql } from "drizzle-orm";
import { bucketOf } from "#server/stats/histogram.ts";
import { countedBy, instantOf, minuteOf, type Source } from "./source.ts";

/**
 * Counts requests with a response within a time, out of those with a response or a time-out; with `countsFailures`, also out of other
 * server errors. Gateways count exactly at the limits of the SLOs. If a window has no such counter, or one that started within it, its
 * histogram is used, whose buckets are 2% wide: that minute is approximate. Untimed cache hits are within any limit. Asynchronous tasks do
 * not count: no caller waits for them.
 */
export const countLatency: Source<"latency"> = (db, series, { from, to }) => {
  const requested = series.map(({ id, workspaceId, indicator: { endpointId, withinMs, countsFailures } }) => {
    return { id, workspaceId, endpointId, limit: String(withinMs), bucket: bucketOf(withinMs), countsFailures };
  });
  return countedBy(
    db,
    sql`select "seriesId", "versionId", minute, bool_or(not "isExact") as "isApproximate",
        sum(case when "isExact" then within else least(estimated, answered - late) + shared end)::float8 as good,
        sum(answered + late_too + shared)::float8 as total
      from (
        select requested.id as "seriesId", version_id as "versionId", ${minuteOf(sql`window_start`)} as minute,
          live.shared, live.answered, failed.late, exact.within,
          case when "countsFailures" then failed.faults else 0 end as late_too,
          coalesce(exact.seen = live.answered + live.shared, false) as "isExact",
          case when coalesce(exact.seen = live.answered + live.shared, false) then 0 else (
            select coalesce(sum(value::int), 0) from jsonb_each_text(latency_buckets) where key::int <= bucket
          ) end as estimated
        from jsonb_to_recordset(${JSON.stringify(requested)}::jsonb) as requested(id text, "workspaceId" uuid, "endpointId" uuid,
          "limit" text, bucket int, "countsFailures" boolean)
        join serving_windows on endpoint_id = "endpointId" and workspace_id = "workspaceId"
        cross join lateral (
          select coalesce(sum(count) filter (where key <> '504'), 0) as other,
            coalesce(sum(count) filter (where key >= '500' and key <> '504'), 0) as faults,
            coalesce(sum(count) filter (where key = '504'), 0) as late
          from (
            select key, value::int - coalesce((indicators->'tasks'->>key)::int, 0) as count from jsonb_each_text(failures)
          ) as without_tasks) as failed
        cross join lateral (
          select coalesce(sum(value::int) filter (where key <> 'shared'), 0) as requested, coalesce(sum(value::int) filter (where key = 'shared'), 0) as shared
          from jsonb_each_text(coalesce(indicators->'tasks', '{}'))) as tasks
        cross join lateral (
          select requests - tasks.requested - failed.other as answered, cache_hits + coalesced - tasks.shared as shared) as live
        cross join lateral (
          select (indicators->'latency'->"limit"->>0)::int as within, (indicators->'latency'->"limit"->>1)::int as seen) as exact
        where window_start >= ${instantOf(from)} and window_start < ${instantOf(to)} and arm <> 'shadow'
          and requests + cache_hits + coalesced > 0
      ) as windows
      where answered + late_too + shared > 0 group by 1, 2, 3`,
  );
};
