import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import type { Watcher } from "../contract.ts";

/**
 * One look at a time settles what a watcher found at an endpoint, so that each key has one open finding. Held to the end of the transaction,
 * and taken before the lock of alerts.
 */
export async function lockFindings(ctx: Context, of: { endpointId: string; watcher: Watcher }): Promise<void> {
  const key = `findings ${of.endpointId} ${of.watcher}`;
  await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`);
}
