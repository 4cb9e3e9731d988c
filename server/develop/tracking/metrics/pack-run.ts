import { sql } from "drizzle-orm";
import { type Context, transact } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { decodeChunk } from "./chunk-codec.ts";
import type { Chunk } from "./chunks.ts";
import { type Merge, mergeChunks, type OpenChunk } from "./merge-chunks.ts";
import { replaceChunks } from "./replace-chunks.ts";
import type { StoredPoint } from "./stored-point.ts";

/** Maximum number of points per transaction, during which writers to the run wait for some 50 ms. */
const maxPoints = 20_000;

/** Time since the last write after which a run is packed to its last point. */
export const idleAfterMs = minuteMs;
/** Minimum number of points of a series that is packed while its run is still written to. */
const longTail = 256;
/** One or two points take less room as they are than as a chunk. */
const minPoints = 3;

/**
 * Moves points of a run into chunks, and merges small chunks. The same points are stored before and after, and whenever it is cut off.
 * @returns whether there is more to do now.
 */
export async function packRun(ctx: Context, runId: string, now = Date.now()): Promise<boolean> {
  return transact(ctx, async (ctx) => {
    // As writers to the run do, so that none of them adds a point that is being moved.
    const { rows } = await ctx.db.execute<{ updated_at: number }>(sql`
      select updated_at from runs where workspace_id = ${ctx.actor.workspaceId} and id = ${runId} for no key update`);
    if (!rows[0]) return false;
    const isIdle = rows[0].updated_at <= now - idleAfterMs;
    const found = await findSeries(ctx, runId, isIdle ? minPoints : longTail);
    let points = 0;
    const chosen = found.filter((series) => {
      const fits = points === 0 || points + series.points <= maxPoints;
      if (fits) points += series.points;
      return fits;
    });
    if (chosen.length > 0) {
      await packSeries(
        ctx,
        chosen.map(({ id }) => id),
      );
    }
    const isDone = chosen.length === found.length && points <= maxPoints;
    if (isDone && isIdle) await ctx.db.execute(sql`update runs set needs_packing = false where id = ${runId}`);
    return !isDone;
  });
}

async function findSeries(ctx: Context, runId: string, least: number): Promise<{ id: number; points: number }[]> {
  const { rows } = await ctx.db.execute<{ id: number; points: number }>(sql`
    select id, tail + coalesce(unsettled, 0) as points from (
      select id,
        (select count(*) from metric_points where series_id = series.id) as tail,
        (select sum(points)::bigint from metric_chunks where series_id = series.id and not is_settled) as unsettled
      from metric_series series where run_id = ${runId}
    ) series
    where tail + coalesce(unsettled, 0) >= ${least} order by id`);
  return rows;
}

type ChunkRow = Omit<Chunk, "data"> & { id: number; data: Buffer } & Record<string, unknown>;

async function packSeries(ctx: Context, ids: readonly number[]): Promise<void> {
  const tails = await readTails(ctx, ids);
  const chunks = Map.groupBy(await readChunks(ctx, ids), ({ id }) => id);
  const merges = new Map<number, Merge>();
  for (const id of ids) {
    const open = (chunks.get(id) ?? []).map(openChunk);
    const merge = mergeChunks({
      tail: tails.get(id) ?? [],
      unsettled: open.filter(({ isSettled }) => !isSettled),
      settled: open.filter(({ isSettled }) => isSettled),
    });
    merges.set(id, merge);
  }
  await replaceChunks(ctx, merges, tails);
}

/** Reads the first points outside chunks of each series. */
async function readTails(ctx: Context, ids: readonly number[]): Promise<Map<number, StoredPoint[]>> {
  const { rows } = await ctx.db.execute<{ id: number } & StoredPoint & Record<string, unknown>>(sql`
    select series.id, point.step, point.timestamp, point.value
    from unnest(${sql.param([...ids])}::bigint[]) as series (id) cross join lateral (
      select step, timestamp, value from metric_points where series_id = series.id
      order by step, timestamp, value limit ${maxPoints}
    ) as point
    order by series.id, point.step, point.timestamp, point.value`);
  return Map.groupBy(rows, ({ id }) => id);
}

/** Chunks that are merged: those not settled, the last that is, and the one into which each late point falls. */
async function readChunks(ctx: Context, ids: readonly number[]): Promise<ChunkRow[]> {
  const order = sql`first_step desc, first_timestamp desc, first_value desc`;
  const { rows } = await ctx.db.execute<ChunkRow>(sql`
    with series as (select unnest(${sql.param([...ids])}::bigint[]) as id),
    last as (
      select chunk.* from series cross join lateral (
        select * from metric_chunks where series_id = series.id and is_settled order by ${order} limit 1
      ) as chunk
    )
    select series_id as id, first_step as "firstStep", first_timestamp as "firstTimestamp", first_value as "firstValue",
      last_step as "lastStep", last_timestamp as "lastTimestamp", last_value as "lastValue", earliest, latest, points,
      nan_step as "nanStep", is_settled as "isSettled", data
    from (
      select * from metric_chunks where series_id in (select id from series) and not is_settled
      union select * from last
      union select chunk.* from last
      join metric_points point on point.series_id = last.series_id and (point.step, point.timestamp, point.value)
        < (last.first_step, last.first_timestamp, last.first_value)
      cross join lateral (
        select * from metric_chunks
        where series_id = point.series_id
          and (first_step, first_timestamp, first_value) <= (point.step, point.timestamp, point.value)
        order by ${order} limit 1
      ) as chunk
    ) chunk
    order by series_id, first_step, first_timestamp, first_value`);
  return rows;
}

function openChunk({ id: _, data, ...chunk }: ChunkRow): OpenChunk {
  return { ...chunk, content: decodeChunk(data, chunk.points) };
}
