import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { rowsLikeFirst } from "#server/base/rows-of.ts";
import { RolloutCount } from "../../../serve/rollout/evidence/contract.ts";

/** Reads the counts of a rollout, summed over gateways and all other sources. */
export async function readCounts(ctx: Context, rolloutId: string): Promise<RolloutCount[]> {
  const result = await ctx.db.execute(sql`
    select metric, bin, step, arm, weight, sum(units)::float8 as units, sum(events)::float8 as events,
      sum(misses)::float8 as misses, sum(sum)::float8 as sum, sum(sum_squares)::float8 as "sumSquares"
    from rollout_counts
    where workspace_id = ${ctx.actor.workspaceId} and rollout_id = ${rolloutId}
    group by metric, bin, step, arm, weight
    order by metric, step, arm, bin, weight`);
  return rowsLikeFirst(RolloutCount, result);
}
