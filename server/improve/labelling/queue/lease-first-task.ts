import { sql } from "drizzle-orm";
import { z } from "zod";
import { prepared } from "#db/prepared.ts";
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

/** Tasks that one look at a queue passes, each next look more of them. A number in the statement, by which Postgres plans it. */
const looks = [64, 256, 1024, 4096] as const;

interface Lease {
  projectId: number;
  person: string;
  leaseSeconds: number;
  source: TaskSource | null;
  /** Queue that the person labels, which is kept with the lease. */
  queue: string;
}

const value = sql.placeholder;

// "seen" has the conditions of the partial indexes, word for word. "picked" and "taken" find their tasks by id alone: right after an import
// Postgres takes the queue to be empty, and would read all of it for each task. A lateral join reads "unseen" row by row, in its order.
const statementOf = (limit: number, isOfSource: boolean) => sql`
  with seen as materialized (
    select task.id, task.rank from label_tasks as task
    where task.project_id = ${value("projectId")} ${isOfSource ? sql`and task.source = ${value("source")}` : sql``}
      and task.state = 'open' and task.taken < task.wanted
      and (task.rank, task.id) > (${value("rank")}::float8, ${value("task")}::bigint)
    order by task.rank, task.id limit ${sql.raw(String(limit))}
  ), picked as (
    select free.id from (
      select seen.id from seen
      where not exists (
          select from label_answers as answer
          where answer.task_id = seen.id and answer.person = ${value("person")} and answer.superseded_at is null
        )
        and not exists (select from label_leases as lease where lease.task_id = seen.id and lease.person = ${value("person")})
      order by seen.rank, seen.id
    ) as unseen cross join lateral (
      select task.id from label_tasks as task
      where task.id = unseen.id and task.taken < task.wanted and task.workspace_id = ${value("workspaceId")} and task.state = 'open'
      for no key update of task skip locked
    ) as free limit 1
  ), leased as (
    insert into label_leases (workspace_id, project_id, task_id, person, queue, expires_at)
    select ${value("workspaceId")}, ${value("projectId")}, id, ${value("person")}, ${value("queue")},
      now() + make_interval(secs => ${value("leaseSeconds")})
    from picked returning task_id
  ), given as (
    update label_annotators set given = given + 1
    where project_id = ${value("projectId")} and person = ${value("person")} and exists (select from leased)
  ), taken as (
    update label_tasks as task set taken = task.taken + 1 where task.id = (select task_id from leased)
    returning task.id, task.item, task.data, task.source, task.reason, task.group_key, task.request_id,
      task.factors
  )
  select
    (select jsonb_build_object(
      'id', id, 'item', item, 'data', data, 'source', source, 'reason', reason, 'groupKey', group_key,
      'requestId', request_id, 'factors', factors
    ) from taken) as task,
    (select count(*) from seen) as looked,
    (select rank from seen order by rank desc, id desc limit 1) as "lastRank",
    (select id from seen order by rank desc, id desc limit 1) as "lastTask"`;

const statements = looks.map((limit) => ({
  ofAll: prepared(`label-lease-${limit}`, statementOf(limit, false)),
  ofSource: prepared(`label-lease-of-source-${limit}`, statementOf(limit, true)),
}));

/**
 * Looks at the next tasks of a queue after a place, and leases the first that this person has neither answered nor holds, and that nobody
 * is taking at this moment. A task has a free place when its row is locked, or it is not taken, so it never has more leases and answers than
 * people wanted. docs/spec/labelling.md section 3.1.
 * @param after null: from the start @param step place in `looks`
 * @returns the task, or where the next look begins; null when there are no more tasks
 */
export async function leaseFirstTask(
  { actor, db }: Context,
  { source, ...lease }: Lease,
  { after, step }: { after: Place | null; step: number },
): Promise<{ task: GivenRow } | { task: null; next: Place | null }> {
  const at = Math.min(step, looks.length - 1);
  const statement = statements[at];
  const place = { rank: after?.rank ?? Number.NEGATIVE_INFINITY, task: after?.task ?? 0 };
  const values = { ...lease, ...place, workspaceId: actor.workspaceId };
  const rows =
    source === null ? await statement?.ofAll(db, values) : await statement?.ofSource(db, { ...values, source });
  const { task, looked, lastRank, lastTask } = rowOf(Look, { rows: rows ?? [] });
  if (task) return { task };
  if (looked < (looks[at] ?? 0) || lastRank === null || lastTask === null) return { task: null, next: null };
  return { task: null, next: { rank: lastRank, task: lastTask } };
}
