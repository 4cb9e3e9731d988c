import { eq, sql } from "drizzle-orm";
import { inferenceTasks, taskInputs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { evictFiles } from "#server/platform/artifacts/record-file.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { TaskSettings } from "./contract.ts";

const batch = 500;
/** Before every id. */
const nil = "00000000-0000-0000-0000-000000000000";
const { keptDays: defaultDays } = TaskSettings.parse({});

/**
 * Runs as a job: deletes tasks some days after their end, with their results, and uploaded inputs that no task refers to once they
 * have expired. Files are deleted before their rows, so that a crash leaves a row by which the next run finds them.
 */
export async function deleteExpiredTasks(
  ctx: Context,
  artifacts: Pick<ArtifactStore, "remove">,
  attempt: Attempt = attemptOnce,
): Promise<void> {
  await each(
    attempt,
    (after) => expiredTasks(ctx, after),
    async ({ id, key }) => {
      // The complete folder: attempts whose gateways died may have left more than one file.
      if (key) await removeFile(ctx, artifacts, key.slice(0, key.lastIndexOf("/")));
      await ctx.db.delete(inferenceTasks).where(eq(inferenceTasks.id, id));
    },
  );
  await each(
    attempt,
    (after) => expiredInputs(ctx, after),
    async ({ id, key }) => {
      if (key) await removeFile(ctx, artifacts, key);
      await ctx.db.delete(taskInputs).where(eq(taskInputs.id, id));
    },
  );
}

interface Expired extends Record<string, unknown> {
  id: string;
  workspaceId: string;
  key: string | null;
}

/** Runs work for each row of all batches, by id: one that fails stays, and is passed by the next batch. */
async function each(
  attempt: Attempt,
  nextBatch: (after: string) => Promise<Expired[]>,
  work: (row: Expired) => Promise<void>,
): Promise<void> {
  let after = nil;
  for (;;) {
    const rows = await nextBatch(after);
    for (const row of rows) await attempt({ id: row.id, workspaceId: row.workspaceId }, () => work(row));
    const last = rows.at(-1);
    if (!last || rows.length < batch) return;
    after = last.id;
  }
}

async function expiredTasks(ctx: Context, after: string): Promise<Expired[]> {
  const { rows } = await ctx.db.execute<Expired>(sql`
    select task.id, task.workspace_id as "workspaceId", task.result_key as key
    from endpoints as endpoint join inference_tasks as task on task.endpoint_id = endpoint.id
    where task.finished_at < now() - make_interval(days => coalesce((endpoint.tasks ->> 'keptDays')::int, ${defaultDays}))
      and task.id > ${after}::uuid
    order by task.id limit ${batch}`);
  return rows;
}

async function expiredInputs(ctx: Context, after: string): Promise<Expired[]> {
  // An hour after the deadline for new tasks to refer to it, so that a last-moment submission has ended.
  const { rows } = await ctx.db.execute<Expired>(sql`
    select id, workspace_id as "workspaceId", artifact_key as key from task_inputs as input
    where expires_at < now() - interval '1 hour' and not exists (select 1 from inference_tasks where input_id = input.id)
      and id > ${after}::uuid
    order by id limit ${batch}`);
  return rows;
}

async function removeFile(ctx: Context, artifacts: Pick<ArtifactStore, "remove">, key: string): Promise<void> {
  await artifacts.remove(key);
  await evictFiles(ctx, key);
}
