import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowOf } from "#server/base/rows-of.ts";
import type { TaskSource } from "../contract.ts";
import { GivenRow } from "./given-task.ts";

/** A place in a queue, exclusive. */
interface Place {
  rank: number;
  task: number;
}

const Look = z.object({
  task: GivenRow.nullable(),
  looked: z.number(),
  lastRank: z.number().nullable(),
  lastTask: z.number().nullable(),
});

interface Look {
  projectId: number;
  person: string;
  leaseSeconds: number;
  source: TaskSource | null;
  /** Queue that the person labels, which is kept with the lease. */
  queue: string;
}

/**
 * Looks at the next tasks of a queue after a place, and leases the first that this person has neither answered nor holds, and that nobody
 * is taking at this moment. A task has a free place when its row is locked, or it is not taken, so it never has more leases and answers than
 * people wanted. docs/spec/labelling.md section 3.1.
 * @param limit tasks to look at
 * @returns the task, or where the next look begins; `end` when there are no more tasks
 */
export async function leaseFirstTask(
  ctx: Context,
  { projectId, person, leaseSeconds, source, queue }: Look,
  { after, limit }: { after: Place | null; limit: number },
): Promise<{ task: GivenRow } | { task: null; next: Place | null }> {
  const { workspaceId } = ctx.actor;
  // The conditions of the partial indexes, word for word.
  const isFree = (table: SQL) => sql`${table}.state = 'open' and ${table}.taken < ${table}.wanted`;
  const isAfter = after ? sql`and (task.rank, task.id) > (${after.rank}::float8, ${after.task}::bigint)` : sql``;
  const ofSource = source === null ? sql`` : sql`and task.source = ${source}`;
  const result = await ctx.db.execute(sql`
    with seen as materialized (
      select task.id, task.rank from label_tasks as task
      where task.project_id = ${projectId} ${ofSource} and ${isFree(sql`task`)} ${isAfter}
      order by task.rank, task.id limit ${limit}
    ), picked as (
      select task.id from seen join label_tasks as task on task.id = seen.id
      where ${isFree(sql`task`)} and task.workspace_id = ${workspaceId}
        and not exists (
          select from label_answers as answer
          where answer.task_id = seen.id and answer.person = ${person} and answer.superseded_at is null
        )
        and not exists (select from label_leases as lease where lease.task_id = seen.id and lease.person = ${person})
      order by seen.rank, seen.id limit 1
      for no key update of task skip locked
    ), leased as (
      insert into label_leases (workspace_id, project_id, task_id, person, queue, expires_at)
      select ${workspaceId}, ${projectId}, id, ${person}, ${queue}, now() + make_interval(secs => ${leaseSeconds})
      from picked returning task_id
    ), taken as (
      update label_tasks as task set taken = task.taken + 1 from leased where task.id = leased.task_id
      returning task.id, task.item, task.data, task.source, task.reason, task.group_key, task.request_id
    )
    select
      (select jsonb_build_object(
        'id', id, 'item', item, 'data', data, 'source', source, 'reason', reason,
        'groupKey', group_key, 'requestId', request_id
      ) from taken) as task,
      (select count(*) from seen) as looked,
      (select rank from seen order by rank desc, id desc limit 1) as "lastRank",
      (select id from seen order by rank desc, id desc limit 1) as "lastTask"`);
  const { task, looked, lastRank, lastTask } = rowOf(Look, result);
  if (task) return { task };
  if (looked < limit || lastRank === null || lastTask === null) return { task: null, next: null };
  return { task: null, next: { rank: lastRank, task: lastTask } };
}
