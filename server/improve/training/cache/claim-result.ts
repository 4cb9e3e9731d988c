import { and, eq, sql } from "drizzle-orm";
import { trainingCache, trainingJobs } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { holdToken } from "#server/develop/tracking/runs/own-run.ts";
import { setRunTag } from "#server/develop/tracking/runs/set-run-tag.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { cacheKey } from "./cache-key.ts";
import { type ClaimedResult, ClaimResult } from "./contract.ts";
import { type CacheRow, filesOf, jobOfCaller, lockResult, thisResult } from "./lock-result.ts";

/**
 * Asks for the result of a step, for the program of a job: it is there, or this job makes it, or another one does that runs, which is worth waiting for.
 * A job that ended, or waits to go on, without keeping it gives it up once another asks. A hit is noted at the run, with the job that made it.
 * docs/spec/training.md section 12. @throws DomainError "conflict" for a caller that is no such program
 */
export async function claimResult(ctx: Context, input: ClaimResult): Promise<ClaimedResult> {
  permit(ctx, "useTrainingCache");
  const { noCache, ...step } = ClaimResult.parse(input);
  const key = cacheKey(step);
  const job = await jobOfCaller(ctx);
  const claimed = await transact(ctx, async (ctx): Promise<ClaimedResult> => {
    const { workspaceId } = ctx.actor;
    await holdToken(ctx);
    await ctx.db
      .insert(trainingCache)
      .values({ workspaceId, key, step: step.step, state: "running", jobId: job.id })
      .onConflictDoNothing();
    const row = await lockResult(ctx, key);
    if (!row) throw new Error("The result was not stored.");
    if (row.state === "done" && !noCache) return use(ctx, row);
    if (row.state === "running" && row.jobId !== job.id && (await isRunning(ctx, row.jobId)))
      return shown(row, "running");
    const own = { state: "running" as const, jobId: job.id, output: null, seconds: null, sizeBytes: 0 };
    await ctx.db.update(trainingCache).set(own).where(thisResult(ctx, key));
    if (row.state === "done" && noCache) {
      const before = { job: row.jobId };
      await record(ctx, "training-cache.skipped", {
        subject: `training-job/${job.id}`,
        before,
        reason: noCache.reason,
      });
    }
    return shown({ ...row, ...own }, "make");
  });
  if (claimed.state === "hit") {
    const value = JSON.stringify({ job: claimed.jobId, seconds: claimed.seconds });
    await setRunTag(ctx, { runId: job.runId, key: `leeway.cached.${step.step}`, value });
  }
  return claimed;
}

async function use(ctx: Context, row: CacheRow): Promise<ClaimedResult> {
  await ctx.db
    .update(trainingCache)
    .set({ uses: sql`${trainingCache.uses} + 1`, usedAt: sql`now()` })
    .where(thisResult(ctx, row.key));
  return shown(row, "hit");
}

/** One that waits to go on may do so for the very machine on which the other one would wait for it. */
async function isRunning(ctx: Context, jobId: string): Promise<boolean> {
  const isThis = and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), eq(trainingJobs.id, jobId));
  return (await ctx.db.$count(trainingJobs, and(isThis, eq(trainingJobs.state, "running")))) > 0;
}

function shown(row: CacheRow, state: ClaimedResult["state"]): ClaimedResult {
  const files = state === "hit" ? filesOf(row) : [];
  return { key: row.key, state, jobId: row.jobId, seconds: state === "hit" ? row.seconds : null, files };
}
