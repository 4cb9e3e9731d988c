import { eq, inArray, sql } from "drizzle-orm";
import { inferenceTasks, taskInputs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { evictFiles } from "#server/platform/artifacts/record-file.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { TaskSettings } from "./contract.ts";

const batch = 500;
const { keptDays: defaultDays } = TaskSettings.parse({});

/**
 * Runs as a job: deletes tasks some days after their end, with their results, and uploaded inputs that no task refers to once they
 * have expired. Files are deleted before their rows, so that a crash leaves a row by which the next run finds them.
 */
export async function deleteExpiredTasks(ctx: Context, artifacts: Pick<ArtifactStore, "remove">): Promise<void> {
  while (await deleteExpiredBatch(ctx, artifacts)) {}
  while (await deleteExpiredInputs(ctx, artifacts)) {}
}

async function deleteExpiredBatch(ctx: Context, artifacts: Pick<ArtifactStore, "remove">): Promise<boolean> {
  const { rows } = await ctx.db.execute<{ id: string; key: string | null }>(sql`
    select task.id, task.result_key as key from endpoints as endpoint join inference_tasks as task on task.endpoint_id = endpoint.id
    where task.finished_at < now() - make_interval(days => coalesce((endpoint.tasks ->> 'keptDays')::int, ${defaultDays}))
    limit ${batch}`);
  // The complete folder: attempts whose gateways died may have left more than one file.
  for (const { key } of rows) if (key) await removeFile(ctx, artifacts, key.slice(0, key.lastIndexOf("/")));
  const ids = rows.map(({ id }) => id);
  if (ids.length > 0) await ctx.db.delete(inferenceTasks).where(inArray(inferenceTasks.id, ids));
  return rows.length === batch;
}

async function deleteExpiredInputs(ctx: Context, artifacts: Pick<ArtifactStore, "remove">): Promise<boolean> {
  // An hour after the deadline for new tasks to refer to it, so that a last-moment submission has ended.
  const { rows } = await ctx.db.execute<{ id: string; key: string }>(sql`
    select id, artifact_key as key from task_inputs as input
    where expires_at < now() - interval '1 hour' and not exists (select 1 from inference_tasks where input_id = input.id)
    limit ${batch}`);
  for (const { id, key } of rows) {
    await removeFile(ctx, artifacts, key);
    await ctx.db.delete(taskInputs).where(eq(taskInputs.id, id));
  }
  return rows.length === batch;
}

async function removeFile(ctx: Context, artifacts: Pick<ArtifactStore, "remove">, key: string): Promise<void> {
  await artifacts.remove(key);
  await evictFiles(ctx, key);
}
