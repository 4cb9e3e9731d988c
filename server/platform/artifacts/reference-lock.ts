import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";

/**
 * Takes a shared lock until the end of the transaction, for code that creates references to files: many may hold it, but none while
 * the collector decides.
 */
export async function lockToRefer(ctx: Context): Promise<void> {
  await ctx.db.execute(sql`select pg_advisory_xact_lock_shared(${lockNumber(ctx)})`);
}

/** Takes the collector's lock while it decides which files are unreferenced: no references can be created meanwhile. */
export async function lockToDecide(ctx: Context): Promise<void> {
  await ctx.db.execute(sql`select pg_advisory_xact_lock(${lockNumber(ctx)})`);
}

function lockNumber(ctx: Context) {
  return sql`hashtextextended(${`artifacts of ${ctx.actor.workspaceId}`}, 0)`;
}
