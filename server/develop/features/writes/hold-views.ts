import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowOf } from "#server/base/rows-of.ts";

const lockOf = (ctx: Context) => sql`hashtext('leeway.feature-rows'), hashtext(${ctx.actor.workspaceId})`;

/**
 * Keeps views of the workspace from being deleted until the transaction ends. An advisory lock is fair: writers that come while a deletion
 * waits queue behind it, where locks on the rows of views would let them pass for ever.
 * @returns the database's clock, which all writers share, in microseconds since 1970
 */
export async function holdViews(ctx: Context): Promise<number> {
  await ctx.db.execute(sql`select pg_advisory_xact_lock_shared(${lockOf(ctx)})`);
  return databaseTime(ctx);
}

/** Returns the database's clock, in microseconds since 1970. */
export async function databaseTime(ctx: Context): Promise<number> {
  const result = await ctx.db.execute(sql`select (extract(epoch from clock_timestamp()) * 1000000)::int8 as now`);
  return rowOf(z.object({ now: z.number() }), result).now;
}

/** Waits until nothing is being written to views of the workspace, and makes writers wait until the transaction ends. */
export async function waitForWriters(ctx: Context): Promise<void> {
  await ctx.db.execute(sql`select pg_advisory_xact_lock(${lockOf(ctx)})`);
}
