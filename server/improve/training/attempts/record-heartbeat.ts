import { and, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { trainingAttempts, trainingJobs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { AttemptHeartbeat, HeartbeatReply } from "./contract.ts";
import { type AttemptCaller, type AttemptRow, holdAttempt } from "./hold-attempt.ts";
import { lastStepOf } from "./last-step-of.ts";
import { readRankToken } from "./rank-token.ts";

/**
 * Records that an attempt is alive, and answers whether it is to go on. One that comes late, after a newer one, only counts as a sign of life.
 * Another machine than the first is answered alone: it keeps no attempt alive whose first machine is gone. @throws as holdAttempt
 */
export async function recordHeartbeat(
  db: Database,
  caller: AttemptCaller,
  heartbeat: AttemptHeartbeat,
): Promise<HeartbeatReply> {
  const isOther = (await readRankToken(db, caller)) !== undefined;
  const beat = (ctx: Context, attempt: AttemptRow) => answer(ctx, attempt, isOther ? null : heartbeat);
  return holdAttempt(db, caller, beat, { ranks: true });
}

async function answer(ctx: Context, attempt: AttemptRow, heartbeat: AttemptHeartbeat | null): Promise<HeartbeatReply> {
  const [job] = await ctx.db
    .select({ runId: trainingJobs.runId, spec: trainingJobs.spec, stopRequest: trainingJobs.stopRequest })
    .from(trainingJobs)
    .where(and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), eq(trainingJobs.id, attempt.jobId)));
  const isStopping = attempt.state === "stopping" || Boolean(job?.stopRequest);
  if (heartbeat) {
    const isNewest = heartbeat.seq >= (attempt.heartbeat?.seq ?? 0);
    await ctx.db
      .update(trainingAttempts)
      .set({
        state: isStopping ? "stopping" : "running",
        heartbeatAt: sql`now()`,
        silentSince: null,
        ...(isNewest && { heartbeat }),
        lastStep: await lastStepOf(ctx, { runId: job?.runId ?? "", attempt, reported: heartbeat.step }),
      })
      .where(and(eq(trainingAttempts.workspaceId, ctx.actor.workspaceId), eq(trainingAttempts.id, attempt.id)));
  }
  return {
    do: isStopping ? "stop" : "go",
    graceSeconds: job?.spec.limits.graceSeconds ?? 30,
    checkpointNow: isStopping,
  };
}
