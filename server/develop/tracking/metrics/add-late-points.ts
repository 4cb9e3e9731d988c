import { sql } from "drizzle-orm";
import { numbersOf } from "#db/prepared.ts";
import type { Context } from "#server/base/context.ts";
import { partsSql, pointsOf, type StoredPart } from "./read-points.ts";
import { comparePoints, type StoredPoint } from "./stored-point.ts";

/**
 * Stores points that may be in chunks already, unless they are: those sent again, and those that come after later ones.
 * @param late by series, in order and each once; the caller's transaction has locked the run.
 */
export async function addLatePoints(ctx: Context, late: ReadonlyMap<number, readonly StoredPoint[]>): Promise<void> {
  const ends = [...late].flatMap(([id, points]) => {
    const [first, last] = [points[0], points.at(-1)];
    return first && last ? [{ id, first, last }] : [];
  });
  const column = (read: (end: (typeof ends)[number]) => number) => numbersOf(ends.map(read));
  const series = sql`unnest(
    ${column(({ id }) => id)}::bigint[],
    ${column(({ first }) => first.step)}::bigint[], ${column(({ first }) => first.timestamp)}::bigint[],
    ${column(({ first }) => first.value)}::double precision[],
    ${column(({ last }) => last.step)}::bigint[], ${column(({ last }) => last.timestamp)}::bigint[],
    ${column(({ last }) => last.value)}::double precision[]
  ) as series (id, first_step, first_timestamp, first_value, last_step, last_timestamp, last_value)`;
  const { rows } = await ctx.db.execute<StoredPart>(
    partsSql(series, {
      chunks: sql`
        (chunk.last_step, chunk.last_timestamp, chunk.last_value)
          >= (series.first_step, series.first_timestamp, series.first_value)
        and (chunk.first_step, chunk.first_timestamp, chunk.first_value)
          <= (series.last_step, series.last_timestamp, series.last_value)`,
      points: sql`false`,
    }),
  );
  const packed = Map.groupBy(rows, (part) => part.series_id);
  const added = [...late].flatMap(([id, points]) =>
    without(points, (packed.get(id) ?? []).flatMap(pointsOf)).map((point) => ({ id, point })),
  );
  if (added.length === 0) return;
  const points = (read: (point: StoredPoint) => number) => numbersOf(added.map(({ point }) => read(point)));
  await ctx.db.execute(sql`
    insert into metric_points (series_id, step, timestamp, value)
    select * from unnest(
      ${numbersOf(added.map(({ id }) => id))}::bigint[], ${points(({ step }) => step)}::bigint[],
      ${points(({ timestamp }) => timestamp)}::bigint[], ${points(({ value }) => value)}::double precision[]
    )
    on conflict do nothing`);
}

/** Returns the points, in order, that are not among the others. */
function without(points: readonly StoredPoint[], others: StoredPoint[]): StoredPoint[] {
  const sorted = others.sort(comparePoints);
  let at = 0;
  return points.filter((point) => {
    while (at < sorted.length && comparePoints(sorted[at] as StoredPoint, point) < 0) at++;
    const other = sorted[at];
    return !other || comparePoints(other, point) !== 0;
  });
}
