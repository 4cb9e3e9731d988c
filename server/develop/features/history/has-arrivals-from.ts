import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";

/**
 * Returns whether rows of a view that had arrived by a time are missing in a state of the history: a transaction that runs for long keeps the
 * horizon back, while look-ups find what others have committed.
 * @param horizon name of the state @param arrivedBy in microseconds since 1970
 */
export async function hasArrivalsFrom(
  ctx: Context,
  viewNumber: number,
  { horizon, arrivedBy }: { horizon: string; arrivedBy: number },
): Promise<boolean> {
  const { rows } = await ctx.db.execute(sql`
    select from feature_arrivals
    where view_number = ${viewNumber} and transaction >= ${horizon}::xid8 and arrived_at <= ${arrivedBy} limit 1`);
  return rows.length > 0;
}
