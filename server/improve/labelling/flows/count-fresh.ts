import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowOf } from "#server/base/rows-of.ts";
import type { LabelProjectRow } from "../projects/find-label-project.ts";

const Fresh = z.object({ fresh: z.number() });

/**
 * Counts tasks whose label may be trained on and is not the one that they had at a time: new ones, and changed ones once however often they
 * changed. Gold items are left out, and audit items that an evaluation set of the project froze; an export leaves out the same, and rows that
 * frozen sets of other origin have. The caller has checked permissions.
 * @param since ISO time; null counts all
 */
export async function countFresh(
  ctx: Context,
  { id, progress }: Pick<LabelProjectRow, "id" | "progress">,
  since: string | null,
): Promise<number> {
  const frozen = (progress?.exports ?? []).flatMap(({ audit, evaluationSetId }) =>
    audit && evaluationSetId !== null ? [{ ...audit, setId: evaluationSetId }] : [],
  );
  const result = await ctx.db.execute(sql`
    select count(*) as fresh from label_consensus as consensus
    join label_tasks as task on task.id = consensus.task_id and task.state = 'settled'
    where consensus.workspace_id = ${ctx.actor.workspaceId} and consensus.project_id = ${id} and consensus.superseded_at is null
      and consensus.created_at > coalesce(${since}::timestamptz, '-infinity')
      and not exists (select from label_golds as gold where gold.task_id = task.id and gold.is_enabled)
      and not exists (select from label_consensus as earlier where earlier.task_id = task.id and earlier.value = consensus.value
        and earlier.created_at <= ${since}::timestamptz and (earlier.superseded_at is null or earlier.superseded_at > ${since}::timestamptz))
      and not (task.selection = 'audit' and exists (
        select from jsonb_to_recordset(${JSON.stringify(frozen)}::jsonb) as span ("from" timestamptz, "to" timestamptz, "setId" uuid)
        join evaluation_sets as frozen on frozen.id = span."setId" and frozen.retired_at is null
        where task.created_at >= span."from" and task.created_at < span."to"))`);
  return rowOf(Fresh, result).fresh;
}
