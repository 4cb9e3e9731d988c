import { type SQLWrapper, sql } from "drizzle-orm";
import { type Context, transact } from "#server/base/context.ts";

const tables = ["metric_chunks", "metric_points", "metric_series"];

/** Pages moved by one transaction: a moment's lock on their rows, and none on the table. */
const pagesAtOnce = 16;

/**
 * Returns space of purged metrics to the disk, as a job. Rows at the end of a table move into earlier gaps, then VACUUM truncates the end,
 * and new indexes are built beside the old ones. Readers and writers continue meanwhile, unlike with VACUUM FULL, which would lock the
 * tables for the complete duration.
 */
export async function shrinkMetrics(ctx: Context): Promise<void> {
  for (const name of tables) {
    const table = sql.identifier(name);
    await ctx.db.execute(sql`vacuum ${table}`);
    if (await moveToFront(ctx, name)) await ctx.db.execute(sql`vacuum ${table}`);
    if (await isIndexLoose(ctx, name)) await ctx.db.execute(sql`reindex table concurrently ${table}`);
  }
}

/** @returns whether rows were moved. */
async function moveToFront(ctx: Context, name: string): Promise<boolean> {
  const { rows } = await ctx.db.execute<{ pages: number }>(sql`
    select pg_relation_size(${name}::regclass) / current_setting('block_size')::integer as pages`);
  const pages = rows[0]?.pages ?? 0;
  let end = pages;
  while (end > 0 && (await movePages(ctx, sql.identifier(name), Math.max(0, end - pagesAtOnce), end)))
    end -= pagesAtOnce;
  return end < pages;
}

/** Moves the rows of some pages to earlier ones. @returns false when there are no more gaps there; then nothing is moved. */
async function movePages(ctx: Context, table: SQLWrapper, start: number, end: number): Promise<boolean> {
  const [from, to] = [sql`${`(${start},0)`}::tid`, sql`${`(${end},0)`}::tid`];
  const noGaps = new Error("no gaps");
  const move = transact(ctx, async (ctx) => {
    const { rows } = await ctx.db.execute<{ moved: number; forward: number }>(sql`
      with gone as (
        delete from ${table} where ctid = any(array(
          select ctid from ${table} where ctid >= ${from} and ctid < ${to} for update skip locked
        )) returning *
      ), placed as (insert into ${table} overriding system value select * from gone returning ctid)
      select count(*) as moved, count(*) filter (where ctid < ${from}) as forward from placed`);
    const { moved = 0, forward = 0 } = rows[0] ?? {};
    // Rows that find no gap are placed at the very end, which would make the table longer.
    if (forward < moved) throw noGaps;
  });
  return move.then(
    () => true,
    (error: unknown) => {
      if (error === noGaps) return false;
      throw error;
    },
  );
}

/** Returns whether the indexes of a table are much larger than fresh ones: about 64 bytes for each row in each, 128 with text. */
async function isIndexLoose(ctx: Context, name: string): Promise<boolean> {
  const { rows } = await ctx.db.execute<{ is_loose: boolean }>(sql`
    select pg_indexes_size(oid::regclass) > 2 * (greatest(reltuples, 0) * 64 + 65536) * (
      select count(*) from pg_index where indrelid = oid
    ) as is_loose from pg_class where oid = ${name}::regclass`);
  return rows[0]?.is_loose ?? false;
}
