import { and, desc, eq, sql } from "drizzle-orm";
import { trainingAttempts, trainingCheckpoints } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { requireJob } from "../jobs/queries.ts";
import type { TrainingCheckpoint } from "./contract.ts";

/**
 * Lists the checkpoints of a job, newest first, with those that were found damaged or removed for newer ones.
 * @throws DomainError "not-found"
 */
export async function listTrainingCheckpoints(
  ctx: Context,
  jobId: string,
  { limit = 500 } = {},
): Promise<TrainingCheckpoint[]> {
  permit(ctx, "listTrainingCheckpoints");
  await requireJob(ctx, jobId);
  const rows = await ctx.db
    .select({
      checkpoint: trainingCheckpoints,
      attempt: trainingAttempts.number,
      files: sql<number>`jsonb_array_length(${trainingCheckpoints.files})`,
    })
    .from(trainingCheckpoints)
    .innerJoin(trainingAttempts, eq(trainingAttempts.id, trainingCheckpoints.attemptId))
    .where(and(eq(trainingCheckpoints.workspaceId, ctx.actor.workspaceId), eq(trainingCheckpoints.jobId, jobId)))
    .orderBy(desc(trainingCheckpoints.seq))
    .limit(limit);
  return rows.map(({ checkpoint, attempt, files }) => ({ ...checkpoint, attempt, files }));
}
