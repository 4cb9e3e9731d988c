import { and, eq } from "drizzle-orm";
import { trainingJobs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { JobSpec } from "../contract.ts";

export type TrainedJob = typeof trainingJobs.$inferSelect;

/** Finds a job as it is stored. */
export async function findJobRow(ctx: Context, id: string): Promise<TrainedJob | undefined> {
  const [job] = await ctx.db
    .select()
    .from(trainingJobs)
    .where(and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), eq(trainingJobs.id, id)));
  return job && { ...job, spec: JobSpec.parse(job.spec) };
}
