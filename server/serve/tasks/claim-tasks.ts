import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { rowsLikeFirst } from "#server/base/rows-of.ts";
import { TaskSettings } from "./contract.ts";

/** Without a sign of life for so long, a task is taken for abandoned, and another gateway repeats it. */
export const leaseSeconds = 45;

const { tries: defaultTries } = TaskSettings.parse({});

/** A task that this gateway runs until its lease ends. */
const ClaimedTask = z.object({
  id: z.string(),
  workspaceId: z.string(),
  endpointId: z.string(),
  lease: z.string(),
  version: z.number().nullable(),
  /** Attempts started, including this one, and their maximum. */
  attempts: z.number(),
  tries: z.number(),
  /** The body, or the key of its file. */
  input: z.instanceof(Buffer).nullable(),
  inputKey: z.string().nullable(),
  headerLength: z.string().nullable(),
});
export type ClaimedTask = z.infer<typeof ClaimedTask>;

interface FreeSlots {
  endpointId: string;
  count: number;
}

/**
 * Claims due tasks of each endpoint, up to the given numbers, the longest due first. Concurrent gateways get different tasks. A task
 * whose lease expired without a result is due again, and its attempt counts: a request that crashes gateways does so only a few times.
 */
export async function claimTasks(db: Database, slots: readonly FreeSlots[]): Promise<ClaimedTask[]> {
  if (slots.length === 0) return [];
  const ids = sql.param(slots.map(({ endpointId }) => endpointId));
  const counts = sql.param(slots.map(({ count }) => count));
  const result = await db.execute(sql`
    with slot as (
      select requested.id, requested.count, coalesce((endpoint.tasks ->> 'tries')::int, ${defaultTries}) as tries
      from unnest(${ids}::uuid[], ${counts}::int[]) as requested(id, count) join endpoints as endpoint on endpoint.id = requested.id
    ), due as materialized (
      select task.id, slot.tries from slot cross join lateral (
        select id from inference_tasks
        where endpoint_id = slot.id and state in ('queued', 'running') and due_at <= now() and expires_at > now()
          and attempts < slot.tries
        order by due_at limit slot.count for update skip locked
      ) as task
    )
    update inference_tasks as task
    set state = 'running', attempts = attempts + 1, lease = gen_random_uuid(), started_at = now(),
      due_at = now() + make_interval(secs => ${leaseSeconds})
    from due where task.id = due.id
    returning task.id, task.workspace_id as "workspaceId", task.endpoint_id as "endpointId", task.lease, task.version,
      task.attempts, due.tries, task.input, task.input_header_length as "headerLength",
      (select artifact_key from task_inputs where task_inputs.id = task.input_id) as "inputKey"`);
  return rowsLikeFirst(ClaimedTask, result);
}

/** Extends the leases of running tasks. @returns the leases still valid; the other tasks were cancelled or taken over. */
export async function renewLeases(db: Database, leases: readonly string[]): Promise<Set<string>> {
  const { rows } = await db.execute<{ lease: string }>(sql`
    update inference_tasks set due_at = now() + make_interval(secs => ${leaseSeconds})
    where lease = any(${sql.param(leases)}::uuid[]) and state = 'running' returning lease`);
  return new Set(rows.map(({ lease }) => lease));
}
