import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";

/** Leases that one call ends at most. */
const batch = 200;

/**
 * Ends leases of a project that have expired, and gives their places back. Leases of the person who asks stay: they continue with them.
 * Tasks that someone answers at this moment are passed over, so this waits for nobody.
 */
export async function expireLeases(ctx: Context, projectId: number, person: string): Promise<void> {
  await ctx.db.execute(sql`
    with due as (
      select lease.task_id, lease.person from label_leases as lease join label_tasks as task on task.id = lease.task_id
      where lease.workspace_id = ${ctx.actor.workspaceId} and lease.project_id = ${projectId}
        and lease.expires_at < now() and (lease.person <> ${person} or lease.kind = 'skip')
      order by lease.task_id limit ${batch}
      for no key update of task skip locked
    ), ended as (
      delete from label_leases as lease using due
      where lease.task_id = due.task_id and lease.person = due.person and lease.expires_at < now()
      returning lease.task_id, lease.kind
    )
    update label_tasks as task set taken = task.taken - places.number
    from (select task_id, count(*)::smallint as number from ended where kind = 'place' group by 1) as places
    where task.id = places.task_id`);
}
