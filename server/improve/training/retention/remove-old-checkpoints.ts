import { sql } from "drizzle-orm";
import { type Context, transact } from "#server/base/context.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { Attempt } from "#server/platform/jobs/watcher.ts";
import { markRemoved } from "../checkpoints/mark-removed.ts";
import { removeBlobs } from "../checkpoints/remove-blobs.ts";
import { lockJob } from "../jobs/lock-job.ts";

/** Days after the end of a job in which it keeps what it asked for; then the newest checkpoint stays, with the best one. */
const keptDays = 30;

/** Removes older checkpoints of jobs that ended long ago, and files of removed ones that a crash has left. */
export async function removeOldCheckpoints(
  ctx: Context,
  artifacts: Pick<ArtifactStore, "remove">,
  attempt: Attempt,
): Promise<void> {
  const { workspaceId } = ctx.actor;
  const { rows } = await ctx.db.execute<{ id: string; isOld: boolean }>(sql`
    with ended as (
      select id, ended_at < now() - make_interval(days => ${keptDays}) as is_old from training_jobs
      where workspace_id = ${workspaceId} and ended_at is not null
    )
    select id, is_old as "isOld" from ended as job
    where (is_old and 1 < (select count(*) from training_checkpoints as saved where saved.job_id = job.id and saved.removed_at is null))
      or exists (select from training_checkpoints as saved
        where saved.job_id = job.id and saved.removed_at is not null and saved.files <> '[]'::jsonb)
    order by id`);
  for (const { id, isOld } of rows) {
    await attempt({ id, workspaceId }, async () => {
      if (isOld) await thin(ctx, id);
      await removeBlobs(ctx.db, id, artifacts);
    });
  }
}

function thin(ctx: Context, id: string): Promise<void> {
  return transact(ctx, async (ctx) => {
    await lockJob(ctx, id);
    await markRemoved(ctx, id, { keepLast: 1 });
  });
}
