import { and, eq, sql } from "drizzle-orm";
import { trainingJobs } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { openJobStates, type StopRequest } from "../contract.ts";
import { StopJob, type TrainingJobDetails } from "./contract.ts";
import { lockJob } from "./lock-job.ts";
import { loadJob } from "./queries.ts";

/**
 * Asks a job to stop. One that waits ends at once; another one gets SIGTERM and the time to save, and stays in its state until it has ended.
 * Asking again changes nothing. @throws DomainError "not-found"; "conflict" when it has ended
 */
export async function stopJob(ctx: Context, input: StopJob): Promise<TrainingJobDetails> {
  permit(ctx, "stopJob");
  const { job: id, reason } = StopJob.parse(input);
  return transact(ctx, async (ctx) => {
    const job = await lockJob(ctx, id);
    if (!openJobStates.some((state) => state === job.state)) {
      throw new DomainError("conflict", `This job has ended: ${job.state}.`);
    }
    // One that is preempted, or of which a machine failed, would go on afterwards.
    if (job.stopRequest && !mayGoOn(job.stopRequest)) return loadJob(ctx, id);
    const request = { cause: "cancelled", reason, byName: ctx.actor.name, at: new Date().toISOString() } as const;
    await requestStop(ctx, job.id, request);
    await record(ctx, "training-job.stopped", { subject: `training-job/${id}`, before: { state: job.state }, reason });
    await publish(ctx, "training", id);
    return loadJob(ctx, id);
  });
}

/** Stores a request to stop; the watcher of jobs carries it out. The caller holds the job. */
export async function requestStop(ctx: Context, id: string, request: StopRequest): Promise<void> {
  await ctx.db
    .update(trainingJobs)
    .set({ stopRequest: request, updatedAt: sql`now()` })
    .where(and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), eq(trainingJobs.id, id)));
}

/** Whether a job may go on once its attempt has ended as asked. */
export const mayGoOn = ({ cause, mayRetry = false }: StopRequest): boolean => cause === "preempted" || mayRetry;
