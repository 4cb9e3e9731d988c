import { and, eq, isNull, sql } from "drizzle-orm";
import { apiTokens, trainingAttempts, trainingJobs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { revokeRunTokens } from "#server/develop/tracking/runs/own-run.ts";

/**
 * Ends the right of all attempts of a job to write: their tokens become invalid, in the transaction of the caller, who holds the job. A copy that
 * still runs somewhere is told to end at its next call. docs/spec/training.md section 2.
 * @returns whether there was one
 */
export async function fenceAttempts(ctx: Context, jobId: string): Promise<boolean> {
  const fenced = await ctx.db
    .update(trainingAttempts)
    .set({ fencedAt: sql`now()` })
    .where(
      and(
        eq(trainingAttempts.workspaceId, ctx.actor.workspaceId),
        eq(trainingAttempts.jobId, jobId),
        isNull(trainingAttempts.fencedAt),
      ),
    )
    .returning({ id: trainingAttempts.id });
  // Those of its other machines too.
  const tokens = await ctx.db
    .select({ id: apiTokens.id })
    .from(apiTokens)
    .innerJoin(
      trainingJobs,
      and(eq(trainingJobs.workspaceId, apiTokens.workspaceId), eq(trainingJobs.runId, apiTokens.runId)),
    )
    .where(
      and(eq(apiTokens.workspaceId, ctx.actor.workspaceId), eq(trainingJobs.id, jobId), isNull(apiTokens.revokedAt)),
    );
  await revokeRunTokens(
    ctx,
    tokens.map(({ id }) => id),
  );
  return fenced.length > 0;
}
