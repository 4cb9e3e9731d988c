import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";

/** Most rows of one file, except of one transaction that wrote more. */
const maxRows = 1_000_000;

export interface Packable {
  /** Transactions below this one are packed. */
  horizon: string;
  rows: number;
  oldestArrivedAt: number;
}

const Horizon = z.object({ horizon: z.string() });
const Counted = z.object({ rows: z.number(), oldestArrivedAt: z.number().nullable() });

/**
 * Returns which arrivals of a view can be packed: those of transactions that have ended, as have all before them, and whose rows arrived
 * before `arrivedBefore`. A later transaction never adds to them.
 * @param arrivedBefore in microseconds since 1970
 */
export async function packingHorizon(
  ctx: Context,
  { viewNumber, arrivedBefore }: { viewNumber: number; arrivedBefore: number },
): Promise<Packable | undefined> {
  const ofView = sql`view_number = ${viewNumber}`;
  const [found] = rowsOf(
    Horizon,
    await ctx.db.execute(sql`
      with snapshot as (select pg_snapshot_xmin(pg_current_snapshot()) as horizon)
      select least(horizon, coalesce(
        (select transaction from feature_arrivals where ${ofView} and arrived_at >= ${arrivedBefore} order by transaction limit 1),
        horizon))::text as horizon
      from snapshot`),
  );
  const horizon = found?.horizon ?? "0";
  const bounded = await boundedHorizon(ctx, viewNumber, horizon);
  const [counted] = rowsOf(
    Counted,
    await ctx.db.execute(sql`
      select count(*)::float8 as rows, min(arrived_at)::float8 as "oldestArrivedAt"
      from feature_arrivals where ${ofView} and transaction < ${bounded}::xid8`),
  );
  if (!counted || counted.oldestArrivedAt === null) return undefined;
  return { horizon: bounded, rows: counted.rows, oldestArrivedAt: counted.oldestArrivedAt };
}

/** The transaction after which a file has enough rows, else `horizon`. */
async function boundedHorizon(ctx: Context, viewNumber: number, horizon: string): Promise<string> {
  const [bounded] = rowsOf(
    Horizon,
    await ctx.db.execute(sql`
      with ended as (
        select transaction, sequence from feature_arrivals
        where view_number = ${viewNumber} and transaction < ${horizon}::xid8
      ),
      full_at as (select transaction from ended order by transaction, sequence offset ${maxRows} limit 1)
      select transaction::text as horizon from ended
      where transaction >= (select transaction from full_at)
        and transaction > (select transaction from ended order by transaction limit 1)
      order by transaction limit 1`),
  );
  return bounded?.horizon ?? horizon;
}
