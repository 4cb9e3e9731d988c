import { and, eq, isNotNull, isNull } from "drizzle-orm";
import { trainingAttempts, trainingEngines } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { StopJob, type TrainingJobDetails } from "./contract.ts";
import { type JobRow, lockJob } from "./lock-job.ts";
import { loadJob } from "./queries.ts";
import { requestStop } from "./stop-job.ts";

/**
 * Preempts a running job, as a rehearsal of what other engines do by themselves: its program gets SIGTERM and the time to save, and the job
 * resumes from its newest checkpoint after a back-off. It counts as a preemption. Only on `local`: other engines preempt jobs themselves.
 * Asking again changes nothing.
 * @throws DomainError "not-found"; "conflict" when it does not run, or runs elsewhere
 */
export async function preemptJob(ctx: Context, input: StopJob): Promise<TrainingJobDetails> {
  permit(ctx, "preemptJob");
  const { job: id, reason } = StopJob.parse(input);
  return transact(ctx, async (ctx) => {
    const job = await lockJob(ctx, id);
    await requireLocal(ctx, job);
    if (job.state !== "running" || !(await hasProgram(ctx, job))) {
      throw new DomainError("conflict", "Only a job whose program runs can be preempted.");
    }
    if (job.stopRequest) return loadJob(ctx, id);
    const at = new Date().toISOString();
    await requestStop(ctx, id, { cause: "preempted", reason, byName: ctx.actor.name, at });
    await record(ctx, "training-job.preempted", {
      subject: `training-job/${id}`,
      before: { state: job.state },
      reason,
    });
    await publish(ctx, "training", id);
    return loadJob(ctx, id);
  });
}

async function requireLocal(ctx: Context, { engineId }: JobRow): Promise<void> {
  const [engine] = engineId
    ? await ctx.db
        .select({ kind: trainingEngines.kind })
        .from(trainingEngines)
        .where(and(eq(trainingEngines.workspaceId, ctx.actor.workspaceId), eq(trainingEngines.id, engineId)))
    : [];
  if (engine?.kind === "local") return;
  throw new DomainError(
    "conflict",
    "Only jobs on this machine can be preempted here. Other engines preempt by themselves.",
  );
}

/** Whether an attempt of its present launch runs, so that there is something to take away. */
async function hasProgram(ctx: Context, { id, launches }: JobRow): Promise<boolean> {
  const [attempt] = await ctx.db
    .select({ id: trainingAttempts.id })
    .from(trainingAttempts)
    .where(
      and(
        eq(trainingAttempts.workspaceId, ctx.actor.workspaceId),
        eq(trainingAttempts.jobId, id),
        eq(trainingAttempts.launch, launches),
        isNotNull(trainingAttempts.startedAt),
        isNull(trainingAttempts.endedAt),
        isNull(trainingAttempts.report),
      ),
    );
  return attempt !== undefined;
}
