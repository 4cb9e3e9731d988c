import { and, eq, sql } from "drizzle-orm";
import { trainingLogChunks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import type { Attempt } from "#server/platform/jobs/watcher.ts";
import { keptLogDays } from "../log/contract.ts";
import { gapsOf } from "../log/gaps-of.ts";

/** Removes the logs of jobs that ended long ago. A gap as long as the log stays in its place, so that all positions stay true. */
export async function removeOldLogs(ctx: Context, attempt: Attempt): Promise<void> {
  const { workspaceId } = ctx.actor;
  const { rows } = await ctx.db.execute<{ id: string; jobId: string; number: number }>(sql`
    select attempt.id, attempt.job_id as "jobId", attempt.number
    from training_jobs as job join training_attempts as attempt on attempt.job_id = job.id
    where job.workspace_id = ${workspaceId} and job.ended_at < now() - make_interval(days => ${keptLogDays})
      and exists (select from training_log_chunks as chunk where chunk.attempt_id = attempt.id and octet_length(chunk.data) > 0)
    order by attempt.job_id, attempt.number`);
  for (const { id, jobId, number } of rows) {
    await attempt({ id: `log ${jobId} ${number}`, workspaceId }, () => removeLog(ctx, id));
  }
}

function removeLog(ctx: Context, attemptId: string): Promise<void> {
  return transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    const ofLog = and(eq(trainingLogChunks.workspaceId, workspaceId), eq(trainingLogChunks.attemptId, attemptId));
    const end = sql<number | null>`max(${trainingLogChunks.start} + ${trainingLogChunks.bytes})::float8`;
    const [log] = await ctx.db.select({ end }).from(trainingLogChunks).where(ofLog);
    // A log of weeks has millions of chunks, of which no row is to come here.
    await ctx.db.delete(trainingLogChunks).where(ofLog);
    const gaps = gapsOf({ start: 0, length: log?.end ?? 0 });
    if (gaps.length === 0) return;
    const empty = { workspaceId, attemptId, firstLine: 0, lines: 0, data: Buffer.alloc(0) };
    await ctx.db.insert(trainingLogChunks).values(gaps.map((gap) => ({ ...empty, ...gap })));
  });
}
