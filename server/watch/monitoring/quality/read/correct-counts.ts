import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";

/** How many sampled answers have a label, and how many of them were right. */
const CorrectCount = z.object({
  endpointId: z.string(),
  versionId: z.string(),
  labelled: z.number(),
  right: z.number(),
});
export type CorrectCount = z.infer<typeof CorrectCount>;

/**
 * By endpoint and version, of the workspace, for models that answer a class, out of counted hours that begin in the span. Numbers are not
 * right or wrong by themselves, and are left out, as shadow answers are. For who was let in already.
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
