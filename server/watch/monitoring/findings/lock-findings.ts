import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import type { Watcher } from "../contract.ts";

/**
 * Locks the findings of a watcher at an endpoint, so that one evaluation at a time settles them and each key has one open finding.
 * Held to the end of the transaction, and acquired before the lock of alerts.
 */
export async function lockFindings(ctx: Context, of: { endpointId: string; watcher: Watcher }): Promise<void> {
  const key = `findings ${of.endpointId} ${of.watcher}`;
  await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`);
}
