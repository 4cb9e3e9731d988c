import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";

/**
 * Held, to the end of the transaction, by whoever makes something refer to files: many at once, but none while the collector decides.
 */
export async function lockToRefer(ctx: Context): Promise<void> {
  await ctx.db.execute(sql`select pg_advisory_xact_lock_shared(${lockNumber(ctx)})`);
}

/** Held by the collector while it decides what nothing refers to: nobody can begin to refer to it meanwhile. */
export async function lockToDecide(ctx: Context): Promise<void> {
  await ctx.db.execute(sql`select pg_advisory_xact_lock(${lockNumber(ctx)})`);
}

function lockNumber(ctx: Context) {
  return sql`hashtextextended(${`artifacts of ${ctx.actor.workspaceId}`}, 0)`;
}
