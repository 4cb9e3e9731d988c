import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";

/**
 * Ends leases of a person, and gives their places back. Tasks that someone answers at this moment are passed over, so this waits for nobody.
 * @returns the tasks whose leases ended
 */
export async function releasePlaces(
  ctx: Context,
  person: string,
  leases: readonly { taskId: number }[],
): Promise<number[]> {
  if (leases.length === 0) return [];
  const ids = leases.map(({ taskId }) => taskId);
  const result = await ctx.db.execute(sql`
    with held as (
      select id from label_tasks
      where workspace_id = ${ctx.actor.workspaceId} and id = any(${sql.param(ids)}::bigint[])
      for no key update skip locked
    ), ended as (
      delete from label_leases as lease using held
      where lease.task_id = held.id and lease.person = ${person} and lease.kind <> 'skip'
      returning lease.task_id, lease.kind
    ), given as (
      update label_tasks as task set taken = task.taken - 1 from ended
      where task.id = ended.task_id and ended.kind = 'place' returning task.id
    )
    select task_id as "taskId" from ended`);
  return rowsOf(z.object({ taskId: z.number() }), result).map(({ taskId }) => taskId);
}
