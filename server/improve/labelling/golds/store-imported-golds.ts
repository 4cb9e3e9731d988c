import { sql } from "drizzle-orm";
import { numbersOf } from "#db/prepared.ts";
import type { Context } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { annotatorOf } from "../annotators/annotator-of.ts";
import type { LabelValue } from "../contract.ts";
import type { LabelProjectRow } from "../projects/find-label-project.ts";

interface ImportedGold {
  taskId: number;
  /** The correct label, which fits the configuration. */
  value: LabelValue;
  /** Answers that came with the task. */
  people: number;
}

/**
 * Makes gold items of tasks that were just added, in a few statements: their label is one that a reviewer decided, and settles them. The caller has
 * locked the tasks, and settles them and moves their numbers afterwards, so that annotators wait only for that.
 */
export async function storeImportedGolds(
  ctx: Context,
  project: LabelProjectRow,
  golds: readonly ImportedGold[],
): Promise<void> {
  const { workspaceId, name: createdBy } = ctx.actor;
  const { person } = await annotatorOf(ctx);
  const taskIds = golds.map(({ taskId }) => taskId);
  const rows = JSON.stringify(golds);
  await ctx.db.execute(sql`
    insert into label_consensus (workspace_id, project_id, task_id, value, posterior, method, people, guideline)
    select ${workspaceId}, ${project.id}, "taskId", value, null, 'review', people, ${project.guideline}
    from jsonb_to_recordset(${rows}::jsonb) as gold ("taskId" bigint, value jsonb, people smallint)`);
  await ctx.db.execute(sql`
    insert into label_golds (workspace_id, project_id, task_id, value, created_by, made_by)
    select ${workspaceId}, ${project.id}, "taskId", value, ${createdBy}, array[${person}]::text[]
    from jsonb_to_recordset(${rows}::jsonb) as gold ("taskId" bigint, value jsonb)`);
  await ctx.db.execute(sql`
    update label_tasks set state = 'settled', review = null
    where workspace_id = ${workspaceId} and id = any(${numbersOf(taskIds)}::bigint[])`);
  await record(ctx, "label-golds.imported", {
    subject: `label-project/${project.name}`,
    after: { tasks: taskIds },
  });
}
