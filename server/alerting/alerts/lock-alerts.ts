import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";

/**
 * Locks the alerts, groups and mutes of a workspace for changes by one transaction: an alert is read, merged and written without
 * interference. Held to the end of the transaction. Acknowledgements only lock the row of their group.
 */
export async function lockAlerts(ctx: Context): Promise<void> {
  await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${keyOf(ctx)}, 0))`);
}

/** Tries to take the lock without waiting, for work that can be postponed by a second. @returns whether it was free */
export async function tryLockAlerts(ctx: Context): Promise<boolean> {
  const { rows } = await ctx.db.execute<{ isHeld: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${keyOf(ctx)}, 0)) as "isHeld"`,
  );
  return rows[0]?.isHeld ?? false;
}

function keyOf(ctx: Context): string {
  return `alerts ${ctx.actor.workspaceId}`;
}
