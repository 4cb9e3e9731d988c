import { and, eq } from "drizzle-orm";
import { trainingJobs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { JobSpec } from "../contract.ts";
import { noJob } from "./queries.ts";

export type JobRow = typeof trainingJobs.$inferSelect;

/** Locks a job, so that its state, attempts and checkpoints change one after another. @throws DomainError "not-found" */
export async function lockJob(ctx: Context, id: string): Promise<JobRow> {
  const [job] = await ctx.db
    .select()
    .from(trainingJobs)
    .where(and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), eq(trainingJobs.id, id)))
    .for("no key update");
  if (!job) throw noJob();
  return { ...job, spec: JobSpec.parse(job.spec) };
}
