import { and, eq, isNull, sql } from "drizzle-orm";
import { trainingAttempts, trainingCheckpoints, trainingJobs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { EndCause } from "../contract.ts";
import { lastStepOf } from "./last-step-of.ts";

type Attempt = typeof trainingAttempts.$inferSelect;

/** Whether an attempt saved a checkpoint that nobody found torn. */
export async function hasNewCheckpoint(ctx: Context, { id, workspaceId }: Attempt): Promise<boolean> {
  const ofAttempt = and(eq(trainingCheckpoints.workspaceId, workspaceId), eq(trainingCheckpoints.attemptId, id));
  return (await ctx.db.$count(trainingCheckpoints, and(ofAttempt, isNull(trainingCheckpoints.tornAt)))) > 0;
}

/** Stores why and when an attempt ended, in the transaction of the caller, who holds the job. */
export async function endAttempt(
  ctx: Context,
  attempt: Attempt,
  { cause, message, code, signal }: { cause: EndCause; message: string; code: number | null; signal: string | null },
): Promise<void> {
  const { id, jobId, heartbeatAt, report } = attempt;
  const [job] = await ctx.db
    .select({ runId: trainingJobs.runId })
    .from(trainingJobs)
    .where(and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), eq(trainingJobs.id, jobId)));
  await ctx.db
    .update(trainingAttempts)
    .set({
      state: "ended",
      // One that vanished has logged steps since its last heartbeat.
      lastStep: await lastStepOf(ctx, { runId: job?.runId ?? "", attempt }),
      cause,
      message,
      exitCode: code,
      signal,
      // Without a report it ended some time after its last heartbeat; what it costs ends there.
      endedAt: report ? new Date(report.at) : (heartbeatAt ?? sql`now()`),
      silentSince: null,
    })
    .where(and(eq(trainingAttempts.workspaceId, ctx.actor.workspaceId), eq(trainingAttempts.id, id)));
}
