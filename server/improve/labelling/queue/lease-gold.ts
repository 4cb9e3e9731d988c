import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { GivenRow } from "./given-task.ts";

/** Leases a gold item that this person has not answered, in an order of the person's own; null when there is none. */
export async function leaseGold(
  ctx: Context,
  {
    projectId,
    person,
    leaseSeconds,
    queue,
  }: { projectId: number; person: string; leaseSeconds: number; queue: string },
): Promise<GivenRow | null> {
  const { workspaceId } = ctx.actor;
  const result = await ctx.db.execute(sql`
    with picked as (
      select gold.task_id from label_golds as gold
      where gold.workspace_id = ${workspaceId} and gold.project_id = ${projectId} and gold.is_enabled and not ${person} = any(gold.made_by)
        and not exists (select from label_answers as answer where answer.task_id = gold.task_id and answer.person = ${person})
        and not exists (select from label_leases as lease where lease.task_id = gold.task_id and lease.person = ${person})
      order by (select task.source from label_tasks as task where task.id = gold.task_id) = ${queue} desc, md5(gold.task_id::text || ${person}) limit 1
    ), leased as (
      insert into label_leases (workspace_id, project_id, task_id, person, kind, queue, expires_at)
      select ${workspaceId}, ${projectId}, task_id, ${person}, 'extra', ${queue},
        now() + make_interval(secs => ${leaseSeconds})
      from picked returning task_id
    )
    select task.id, task.item, task.data, task.source, task.reason, task.group_key as "groupKey",
      task.request_id as "requestId", task.factors
    from leased join label_tasks as task on task.id = leased.task_id`);
  const [row] = rowsOf(GivenRow, result);
  return row ?? null;
}
