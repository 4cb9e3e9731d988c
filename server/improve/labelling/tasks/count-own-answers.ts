import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import type { OwnCounts } from "../consensus/settle-tasks.ts";

const Counted = z.object({
  person: z.string(),
  name: z.string(),
  answered: z.number(),
  cannotTell: z.number(),
  compared: z.number(),
  agreed: z.number(),
});

/** Counts what the answers to tasks are in the counters of their annotators, negative: for tasks that are about to be deleted. */
export async function countOwnAnswers(ctx: Context, taskIds: readonly number[]): Promise<OwnCounts[]> {
  const result = await ctx.db.execute(sql`
    select person, person as name, -count(*) as answered, -count(*) filter (where cannot_tell) as "cannotTell",
      -count(*) filter (where agreed is not null and not is_gold) as compared,
      -count(*) filter (where agreed and not is_gold) as agreed
    from label_answers
    where workspace_id = ${ctx.actor.workspaceId} and task_id = any(${sql.param(taskIds)}::bigint[]) and superseded_at is null
    group by person`);
  return rowsOf(Counted, result);
}
