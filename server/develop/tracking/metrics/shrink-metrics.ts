import { sql } from "drizzle-orm";
import { onOneConnection } from "#db/client.ts";
import { type Context, transact } from "#server/base/context.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";

/** Tables of metrics, and the column that names the series. */
const tables = { metric_chunks: "series_id", metric_points: "series_id", metric_series: "id" };
type TableName = keyof typeof tables;

/** Pages moved by one transaction: a moment's lock on their rows, and none on the table. */
const pagesAtOnce = 16;
const retrySeconds = 60;

/**
 * Returns space of purged metrics to the disk, as a job. Rows at the end of a table move into earlier gaps, then VACUUM truncates the end,
 * and new indexes are built beside the old ones. Readers and writers continue meanwhile, unlike with VACUUM FULL, which would lock the
 * tables for the complete duration. Comes back later while another one is at it, be it what a killed worker left running in Postgres: two that
 * build new indexes of one table deadlock, and the one that fails leaves an index that each write maintains and nothing uses.
 */
export async function shrinkMetrics(ctx: Context): Promise<void> {
  await onOneConnection(ctx.db, async (db) => {
    const { rows } = await db.execute<{ isOurs: boolean }>(
      sql`select pg_try_advisory_lock(hashtextextended('shrink metrics', 0)) as "isOurs"`,
    );
    if (rows[0]?.isOurs) await shrinkTables({ ...ctx, db });
    else await enqueue(ctx, "shrink-metrics", {}, { startAfterSeconds: retrySeconds });
  });
}

async function shrinkTables(ctx: Context): Promise<void> {
  for (const name of Object.keys(tables) as TableName[]) {
    const table = sql.identifier(name);
    await dropUnfinishedIndexes(ctx, name);
    await ctx.db.execute(sql`vacuum ${table}`);
    if (await moveToFront(ctx, name)) await ctx.db.execute(sql`vacuum ${table}`);
    if (await isIndexLoose(ctx, name)) await ctx.db.execute(sql`reindex table concurrently ${table}`);
  }
}

/** Drops what an interrupted REINDEX CONCURRENTLY left: an index that it was building, or had replaced. */
async function dropUnfinishedIndexes(ctx: Context, name: TableName): Promise<void> {
  const { rows } = await ctx.db.execute<{ index: string }>(sql`
    select relname as index from pg_index join pg_class on pg_class.oid = indexrelid
    where indrelid = ${name}::regclass and not indisvalid and relname ~ '_cc(new|old)[0-9]*$'`);
  for (const { index } of rows) await ctx.db.execute(sql`drop index concurrently if exists ${sql.identifier(index)}`);
}

/** @returns whether rows were moved. */
async function moveToFront(ctx: Context, name: TableName): Promise<boolean> {
  const { rows } = await ctx.db.execute<{ pages: number }>(sql`
    select pg_relation_size(${name}::regclass) / current_setting('block_size')::integer as pages`);
  const pages = rows[0]?.pages ?? 0;
  let end = pages;
  while (end > 0 && (await movePages(ctx, name, Math.max(0, end - pagesAtOnce), end))) end -= pagesAtOnce;
  return end < pages;
}

/**
 * Moves the rows of some pages to earlier ones, as far as their runs are not being written to. A moved row is another one for whoever read it
 * before, so this takes the lock that writers, the packer and a purge take: that of the run.
 * @returns false when there are no more gaps there; then nothing is moved.
 */
async function movePages(ctx: Context, name: TableName, start: number, end: number): Promise<boolean> {
  const [table, series] = [sql.identifier(name), sql.identifier(tables[name])];
  const isOnPages = sql`moving.ctid >= ${`(${start},0)`}::tid and moving.ctid < ${`(${end},0)`}::tid`;
  const noGaps = new Error("no gaps");
  const move = transact(ctx, async (ctx) => {
    const { rows: locked } = await ctx.db.execute<{ id: string }>(sql`
      select id from runs where id in (
        select metric_series.run_id from ${table} as moving join metric_series on metric_series.id = moving.${series}
        where ${isOnPages}
      ) order by id for no key update skip locked`);
    if (locked.length === 0) return;
    const runIds = sql.param(locked.map(({ id }) => id));
    const { rows } = await ctx.db.execute<{ moved: number; forward: number }>(sql`
      with gone as (
        delete from ${table} as moving where ${isOnPages} and moving.${series} in (
          select id from metric_series where run_id = any(${runIds}::text[])
        ) returning moving.*
      ), placed as (insert into ${table} overriding system value select * from gone returning ctid)
      select count(*) as moved, count(*) filter (where ctid < ${`(${start},0)`}::tid) as forward from placed`);
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
