import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { decodeChunk } from "./chunk-codec.ts";
import { compareByTime, type StoredPoint } from "./stored-point.ts";

/** A chunk, or a point that is in none (then with a value and without data). */
export interface StoredPart extends Record<string, unknown> {
  series_id: number;
  points: number;
  first_step: number;
  last_step: number;
  earliest: number;
  latest: number;
  nan_step: number | null;
  value: number | null;
  data: Buffer | null;
}

/** Selects some series by their ids, for partsSql. */
export function seriesOf(ids: readonly number[]): SQL {
  return sql`unnest(${sql.param([...ids])}::bigint[]) as series (id)`;
}

/**
 * Selects everything stored of some series, in one statement: the worker may move points into chunks at any moment.
 * @param series a relation named `series` with an `id`. @param only.chunks condition on `chunk`. @param only.points condition on `point`.
 * @param only.data expression to read of a chunk instead of all its bytes.
 */
export function partsSql(series: SQL, only: { chunks: SQL; points: SQL; data?: SQL }): SQL {
  return sql`
    select chunk.series_id, chunk.points, chunk.first_step, chunk.last_step, chunk.earliest, chunk.latest, chunk.nan_step,
      null::double precision as value, ${only.data ?? sql`chunk.data`} as data
    from ${series} join metric_chunks chunk on chunk.series_id = series.id where ${only.chunks}
    union all
    select point.series_id, 1, point.step, point.step, point.timestamp, point.timestamp, null, point.value, null
    from ${series} join metric_points point on point.series_id = series.id where ${only.points}`;
}

/** Returns the points of a part that was read with all its bytes. */
export function pointsOf({ data, points, first_step: step, earliest: timestamp, value }: StoredPart): StoredPoint[] {
  return data ? decodeChunk(data, points) : [{ step, timestamp, value: value as number }];
}

/**
 * Reads the next points of a series in the order of (timestamp, step, value).
 * @param after the last point of the previous page.
 */
export async function readPage(
  ctx: Context,
  seriesId: number,
  limit: number,
  after?: StoredPoint,
): Promise<StoredPoint[]> {
  const from = after ? sql`(${after.timestamp}::bigint, ${after.step}::bigint)` : undefined;
  const isAfter = after
    ? sql`(point.timestamp, point.step, point.value) > (${after.timestamp}::bigint, ${after.step}::bigint, ${after.value}::double precision)`
    : sql`true`;
  // Chunks that start after the last page hold enough points where their sum first exceeds the limit, and nothing beyond is needed.
  const { rows } = await ctx.db.execute<StoredPart>(sql`
    with reach as (
      select latest, last_step from (
        select latest, last_step, sum(points) over (order by latest, last_step) as through
        from metric_chunks where series_id = ${seriesId} and ${from ? sql`(earliest, first_step) > ${from}` : sql`true`}
      ) chunk where through > ${limit} order by latest, last_step limit 1
    )
    ${partsSql(seriesOf([seriesId]), {
      chunks: sql`${from ? sql`(chunk.latest, chunk.last_step) >= ${from}` : sql`true`} and (
        not exists (select from reach) or (chunk.earliest, chunk.first_step) <= (select latest, last_step from reach)
      )`,
      points: sql`(point.timestamp, point.step, point.value) in (
        select timestamp, step, value from metric_points point where point.series_id = ${seriesId} and ${isAfter}
        order by timestamp, step, value limit ${limit}
      )`,
    })}`);
  return rows
    .flatMap(pointsOf)
    .filter((point) => !after || compareByTime(point, after) > 0)
    .sort(compareByTime)
    .slice(0, limit);
}
