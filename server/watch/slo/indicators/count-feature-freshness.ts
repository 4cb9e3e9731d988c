import { sql } from "drizzle-orm";
import { countedBy, instantOf, minuteOf, noVersion, type Source } from "./source.ts";

/**
 * Counts look-ups whose row was at most so old, out of those that found one; with `countsMissing`, out of all. Processes count exactly at the
 * limits of SLOs. In a minute that began before they knew the limit, the histogram of ages is used, whose buckets are 19% wide: that minute
 * is approximate.
 */
export const countFeatureFreshness: Source<"feature-freshness"> = (db, series, { from, to }) => {
  const requested = series.map(({ id, workspaceId, indicator: { viewId, endpointId, atMostMs, countsMissing } }) => {
    const position = 4 * Math.log2(atMostMs);
    const bucket = Math.floor(position);
    return {
      id,
      workspaceId,
      viewId,
      endpointId,
      limit: String(atMostMs),
      bucket,
      share: position - bucket,
      countsMissing,
    };
  });
  return countedBy(
    db,
    sql`select "seriesId", ${noVersion} as "versionId", minute, bool_or(not "isExact") as "isApproximate",
        sum(good)::float8 as good, sum(total)::float8 as total
      from (
        select requested.id as "seriesId", ${minuteOf(sql`counted.minute`)} as minute, exact."isExact",
          case when exact."isExact" then coalesce((counted.ages->'atLimits'->"limit"->>0)::float8, 0) else (
            select coalesce(round(sum(case when key::int < bucket then value::float8 when key::int = bucket then value::float8 * share else 0 end)), 0)
            from jsonb_each_text(coalesce(counted.ages->'atLookUp', '{}'))
          ) end as good,
          counted.found + counted.stale + case when "countsMissing" then counted.missing else 0 end as total
        from jsonb_to_recordset(${JSON.stringify(requested)}::jsonb) as requested(id text, "workspaceId" uuid, "viewId" uuid,
          "endpointId" text, "limit" text, bucket int, share float8, "countsMissing" boolean)
        join feature_minutes as counted on counted.workspace_id = "workspaceId" and ("viewId" is null or counted.view_id = "viewId")
          and ("endpointId" is null or counted.consumer = "endpointId")
        cross join lateral (
          select coalesce((counted.ages->'atLimits'->"limit"->>1)::int8, 0) = counted.found + counted.stale as "isExact") as exact
        where counted.minute >= ${instantOf(from)} and counted.minute < ${instantOf(to)} and counted.look_ups > 0
      ) as minutes
      where total > 0 group by 1, 3`,
  );
};
