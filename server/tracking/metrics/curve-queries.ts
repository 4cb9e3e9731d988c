import { sql } from "drizzle-orm";
import type { Context } from "#server/context.ts";
import { permit } from "#server/identity/permit.ts";
import type { MetricCurve } from "../contract.ts";

interface Row {
  run_id: string;
  key: string;
  total: number;
  step: number;
  timestamp: number;
  value: number | null;
  [column: string]: unknown;
}

/**
 * Curves of some metrics of some runs, thinned to what a screen can show: the steps of a series are cut into buckets, and of each
 * bucket its lowest and highest point stay, so the maximum of the picture is the maximum of the data; the ends of the curve stay too. A bucket with a NaN keeps a
 * point without a value there: a gap.
 * @param input.maxPoints per curve, about; a series with no more is returned whole.
 */
export async function getMetricCurves(
  ctx: Context,
  input: { runIds: readonly string[]; keys: readonly string[]; maxPoints: number },
): Promise<MetricCurve[]> {
  permit(ctx, "getMetricCurves");
  const { runIds, keys, maxPoints } = input;
  const buckets = Math.max(1, Math.floor(maxPoints / 2));
  // An extreme is carried with its place as an array, since arrays have a minimum and a maximum: one pass, no sort.
  const { rows } = await ctx.db.execute<Row>(sql`
    with series as (
      select id, run_id, key,
        (select min(step) from metric_points where series_id = id) as first,
        (select max(step) from metric_points where series_id = id) as last,
        (select count(*) from (select from metric_points where series_id = id limit ${maxPoints + 1}) few) as few
      from metric_series
      where workspace_id = ${ctx.actor.workspaceId}
        and run_id = any(${sql.param([...runIds])}) and key = any(${sql.param([...keys])})
    ), bucket as (
      select series.id, count(*) as points,
        min(array[value, step, timestamp]) filter (where value <> 'NaN') as low,
        max(array[value, step, timestamp]) filter (where value <> 'NaN') as high,
        min(array[step, timestamp]) filter (where value = 'NaN') as gap
      from series join metric_points on series_id = series.id
      where few > ${maxPoints}
      group by series.id, floor((step - first)::double precision * ${buckets}::integer / (last - first + 1))
    ), point as (
      select series.id, step, timestamp, value from series join metric_points on series_id = series.id
      where few <= ${maxPoints}
      union select series.id, step, timestamp, value from series
      join metric_points on series_id = series.id and step in (first, last)
      union select id, low[2]::bigint, low[3]::bigint, low[1] from bucket where low is not null
      union select id, high[2]::bigint, high[3]::bigint, high[1] from bucket where high is not null
      union select id, gap[1], gap[2], 'NaN' from bucket where gap is not null
    )
    select run_id, key, coalesce(thinned.total, few) as total, step, timestamp, nullif(value, 'NaN') as value
    from series join point using (id)
    left join (select id, sum(points)::bigint as total from bucket group by id) thinned using (id)
    order by id, step, timestamp, value`);
  const curves = Map.groupBy(rows, (row) => JSON.stringify([row.run_id, row.key]));
  return [...curves.values()].map((points) => {
    const { run_id: runId, key, total } = points[0] as Row;
    return {
      runId,
      key,
      totalPoints: total,
      points: points.map(({ step, timestamp, value }) => ({ step, timestamp, value })),
    };
  });
}
