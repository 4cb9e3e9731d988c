import { and, inArray, sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { inferenceTasks } from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { announce } from "#server/platform/events/announce.ts";
import { TaskSettings } from "./contract.ts";
import { ended, endTasks } from "./end-task.ts";

const batch = 500;
const { tries: defaultTries } = TaskSettings.parse({});

const Stuck = z.object({ id: z.string(), workspaceId: z.string(), endpointId: z.string() });
type Stuck = z.infer<typeof Stuck>;

/**
 * Runs as a job: ends tasks that no gateway ends. A task not started in time has expired; one whose gateways died in the last permitted
 * attempt is a dead letter. Both notify their webhooks.
 */
export async function recoverTasks(ctx: Context, gatewayUrl: string): Promise<void> {
  const triesOf = sql`(select coalesce((tasks ->> 'tries')::int, ${defaultTries}) from endpoints where endpoints.id = task.endpoint_id)`;
  const isIdle = sql`(task.state = 'queued' or task.due_at <= now())`;
  const expired = sql`task.expires_at <= now() and ${isIdle}`;
  const abandoned = sql`task.expires_at > now() and task.due_at <= now() and task.attempts >= ${triesOf}`;
  const message = "The gateways running it stopped before finishing, and all attempts are used up.";
  const dead = {
    ...ended("failed"),
    errorStatus: sql`coalesce(case when ${inferenceTasks.state} = 'queued' then ${inferenceTasks.errorStatus} end, 500)`,
    error: sql`coalesce(case when ${inferenceTasks.state} = 'queued' then ${inferenceTasks.error} end, ${message})`,
  };
  await endAll(ctx, expired, ended("expired"), gatewayUrl);
  await endAll(ctx, abandoned, dead, gatewayUrl);
}

async function endAll(
  ctx: Context,
  which: ReturnType<typeof sql>,
  changes: Parameters<typeof endTasks>[2],
  gatewayUrl: string,
): Promise<void> {
  for (let isMoving = true; isMoving; ) {
    isMoving = false;
    const stuck = await find(ctx.db, which);
    for (const [workspaceId, tasks] of Map.groupBy(stuck, (task) => task.workspaceId)) {
      const inside = systemContext(ctx.db, workspaceId, ctx.actor.id);
      const ids = tasks.map(({ id }) => id);
      // Checked again under the lock of the row: a gateway may have been first.
      const still = sql`${inferenceTasks.id} in (select task.id from inference_tasks as task where task.id = any(${sql.param(ids)}::uuid[]) and ${which} for update skip locked)`;
      const isOpen = inArray(inferenceTasks.state, ["queued", "running"]);
      const rows = await endTasks(inside, and(isOpen, still), changes, gatewayUrl);
      isMoving ||= rows.length > 0;
      for (const id of new Set(tasks.map(({ endpointId }) => endpointId))) announce(inside, "tasks", id);
    }
  }
}

async function find(db: Database, which: ReturnType<typeof sql>): Promise<Stuck[]> {
  const result = await db.execute(sql`
    select task.id, task.workspace_id as "workspaceId", task.endpoint_id as "endpointId" from inference_tasks as task
    where task.state in ('queued', 'running') and ${which} limit ${batch}`);
  return rowsOf(Stuck, result);
}
