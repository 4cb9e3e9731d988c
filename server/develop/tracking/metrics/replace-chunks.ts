import { sql } from "drizzle-orm";
import { numbersOf } from "#db/prepared.ts";
import { metricChunks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Merge } from "./merge-chunks.ts";
import { comparePoints, type StoredPoint } from "./stored-point.ts";

/** Replaces chunks by the merged ones, by series. @param tails points that are in chunks now, in order. */
export async function replaceChunks(
  ctx: Context,
  merges: ReadonlyMap<number, Merge>,
  tails: ReadonlyMap<number, readonly StoredPoint[]>,
): Promise<void> {
  const ids = numbersOf([...merges.keys()]);
  const replaced = [...merges].flatMap(([id, merge]) => merge.replaced.map((chunk) => ({ id, ...chunk })));
  const column = (read: (chunk: (typeof replaced)[number]) => number) => numbersOf(replaced.map(read));
  await ctx.db.execute(sql`delete from metric_chunks where series_id = any(${ids}::bigint[]) and not is_settled`);
  await ctx.db.execute(sql`
    delete from metric_chunks using unnest(
      ${column(({ id }) => id)}::bigint[], ${column(({ firstStep }) => firstStep)}::bigint[],
      ${column(({ firstTimestamp }) => firstTimestamp)}::bigint[],
      ${column(({ firstValue }) => firstValue)}::double precision[]
    ) as gone (id, step, timestamp, value)
    where series_id = gone.id and first_step = gone.step and first_timestamp = gone.timestamp and first_value = gone.value`);
  const added = [...merges].flatMap(([seriesId, merge]) => merge.added.map((chunk) => ({ seriesId, ...chunk })));
  // A statement takes at most 65,535 parameters.
  for (let start = 0; start < added.length; start += 1_000) {
    await ctx.db.insert(metricChunks).values(added.slice(start, start + 1_000));
  }
  await removeTails(ctx, tails);
  await notePacked(ctx, merges);
}

async function removeTails(ctx: Context, tails: ReadonlyMap<number, readonly StoredPoint[]>): Promise<void> {
  const ends = [...tails].flatMap(([id, points]) => points.slice(-1).map((point) => ({ id, ...point })));
  const column = (read: (end: (typeof ends)[number]) => number) => numbersOf(ends.map(read));
  await ctx.db.execute(sql`
    delete from metric_points using unnest(
      ${column(({ id }) => id)}::bigint[], ${column(({ step }) => step)}::bigint[],
      ${column(({ timestamp }) => timestamp)}::bigint[], ${column(({ value }) => value)}::double precision[]
    ) as last (id, step, timestamp, value)
    where series_id = last.id and (metric_points.step, metric_points.timestamp, metric_points.value)
      <= (last.step, last.timestamp, last.value)`);
}

/** Notes the greatest point in a chunk, so that writers know which points are in none. */
async function notePacked(ctx: Context, merges: ReadonlyMap<number, Merge>): Promise<void> {
  const ends = [...merges].flatMap(([id, { added }]) => {
    const points = added.map((chunk) => ({
      step: chunk.lastStep,
      timestamp: chunk.lastTimestamp,
      value: chunk.lastValue,
    }));
    return points
      .sort(comparePoints)
      .slice(-1)
      .map((point) => ({ id, ...point }));
  });
  const column = (read: (end: (typeof ends)[number]) => number) => numbersOf(ends.map(read));
  await ctx.db.execute(sql`
    update metric_series set packed_step = last.step, packed_timestamp = last.timestamp, packed_value = last.value
    from unnest(
      ${column(({ id }) => id)}::bigint[], ${column(({ step }) => step)}::bigint[],
      ${column(({ timestamp }) => timestamp)}::bigint[], ${column(({ value }) => value)}::double precision[]
    ) as last (id, step, timestamp, value)
    where metric_series.id = last.id and (
      packed_step is null or (last.step, last.timestamp, last.value) > (packed_step, packed_timestamp, packed_value)
    )`);
}
