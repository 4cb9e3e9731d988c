import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";

/** Number of sampled predictions with a label, and of the correct ones among them. */
const CorrectCount = z.object({
  endpointId: z.string(),
  versionId: z.string(),
  labelled: z.number(),
  right: z.number(),
});
export type CorrectCount = z.infer<typeof CorrectCount>;

/**
 * Counts labelled and correct predictions by endpoint and version of the workspace, for models that predict a class, over counted hours
 * that start in the range. Excludes numeric predictions, which are neither correct nor incorrect, and shadow predictions. The caller has
 * checked permissions.
 */
export async function correctCounts(ctx: Context, { from, to }: { from: Date; to: Date }): Promise<CorrectCount[]> {
  const result = await ctx.db.execute(sql`
    select endpoint_id as "endpointId", version_id as "versionId", sum((cell->>2)::int)::int as labelled,
      coalesce(sum((cell->>2)::int) filter (where cell->>0 = cell->>1), 0)::int as right
    from quality_hours, jsonb_array_elements(counts->'confusion') as cell
    where workspace_id = ${ctx.actor.workspaceId} and segment = '' and arm <> 'shadow' and labelled > 0
      and hour >= ${from.toISOString()}::timestamptz and hour < ${to.toISOString()}::timestamptz
    group by 1, 2`);
  return rowsOf(CorrectCount, result);
}
