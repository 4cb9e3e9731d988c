import { and, inArray, sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { inferenceTasks } from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { databaseError } from "#server/base/database-error.ts";
import { log } from "#server/base/log.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { announce } from "#server/platform/events/announce.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { TaskSettings } from "./contract.ts";
import { ended, endTasks } from "./end-task.ts";

const batch = 500;
/** Before every id. */
const nil = "00000000-0000-0000-0000-000000000000";
const { tries: defaultTries } = TaskSettings.parse({});

const Stuck = z.object({ id: z.string(), workspaceId: z.string(), endpointId: z.string() });
type Stuck = z.infer<typeof Stuck>;

/**
 * Runs as a job: ends tasks that no gateway ends. A task not started in time has expired; one whose gateways died in the last permitted
 * attempt is a dead letter. Both notify their webhooks.
 */
export async function recoverTasks(ctx: Context, gatewayUrl: string, attempt: Attempt = attemptOnce): Promise<void> {
  const triesOf = sql`(select coalesce((tasks ->> 'tries')::int, ${defaultTries}) from endpoints where endpoints.id = task.endpoint_id)`;
  const isIdle = sql`(task.state = 'queued' or task.due_at <= now())`;
  const expired = sql`task.expires_at <= now() and ${isIdle}`;
  const abandoned = sql`task.expires_at > now() and task.due_at <= now() and task.attempts >= ${triesOf}`;
  const message = "The gateways running it stopped before finishing, and no attempts are left.";
  const dead = {
    ...ended("failed"),
    errorStatus: sql`coalesce(case when ${inferenceTasks.state} = 'queued' then ${inferenceTasks.errorStatus} end, 500)`,
    error: sql`coalesce(case when ${inferenceTasks.state} = 'queued' then ${inferenceTasks.error} end, ${message})`,
  };
  await endAll(ctx, expired, (ctx, ids) => endStuck(ctx, ids, expired, ended("expired"), gatewayUrl), attempt);
  await endAll(ctx, abandoned, (ctx, ids) => endStuck(ctx, ids, abandoned, dead, gatewayUrl), attempt);
}

/** Ends all such tasks, in batches by id. When a batch fails, its tasks are ended one by one: one that fails stops no other. */
async function endAll(
  ctx: Context,
  which: ReturnType<typeof sql>,
  end: (ctx: Context, ids: string[]) => Promise<void>,
  attempt: Attempt,
): Promise<void> {
  let after = nil;
  for (;;) {
    const stuck = await find(ctx.db, which, after);
    for (const [workspaceId, tasks] of Map.groupBy(stuck, (task) => task.workspaceId)) {
      const inside = systemContext(ctx.db, workspaceId, ctx.actor.id);
      try {
        await end(
          inside,
          tasks.map(({ id }) => id),
        );
      } catch (cause) {
        log.warn("tasks.batch_failed", { workspaceId, reason: databaseError(cause).message });
        for (const { id } of tasks) await attempt({ id, workspaceId }, () => end(inside, [id]));
      }
      for (const id of new Set(tasks.map(({ endpointId }) => endpointId))) announce(inside, "tasks", id);
    }
    const last = stuck.at(-1);
    if (!last || stuck.length < batch) return;
    after = last.id;
  }
}

async function endStuck(
  ctx: Context,
  ids: string[],
  which: ReturnType<typeof sql>,
  changes: Parameters<typeof endTasks>[2],
  gatewayUrl: string,
): Promise<void> {
  // Checked again under the lock of the row: a gateway may have been first.
  const still = sql`${inferenceTasks.id} in (select task.id from inference_tasks as task where task.id = any(${sql.param(ids)}::uuid[]) and ${which} for update skip locked)`;
  const isOpen = inArray(inferenceTasks.state, ["queued", "running"]);
  await endTasks(ctx, and(isOpen, still), changes, gatewayUrl);
}

async function find(db: Database, which: ReturnType<typeof sql>, after: string): Promise<Stuck[]> {
  const result = await db.execute(sql`
    select task.id, task.workspace_id as "workspaceId", task.endpoint_id as "endpointId" from inference_tasks as task
    where task.state in ('queued', 'running') and ${which} and task.id > ${after}::uuid order by task.id limit ${batch}`);
  return rowsOf(Stuck, result);
}
