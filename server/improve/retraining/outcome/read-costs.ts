import { and, eq, inArray } from "drizzle-orm";
import { trainingAttempts, trainingJobs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { readBook } from "#server/watch/cost/prices/read-book.ts";
import { costOfAttempts } from "../../training/jobs/estimate-cost.ts";

interface JobCost {
  /** Null where a machine has no price. */
  cost: number | null;
  currency: string | null;
}

/**
 * Reads what training jobs have cost, as their pages show it. Evaluations run on workers of Leeway, which have no price of their own. The caller has
 * checked permissions. @param jobIds at most some hundred @returns by job; a job that was removed is absent
 */
export async function readJobCosts(ctx: Context, jobIds: readonly string[]): Promise<Map<string, JobCost>> {
  if (jobIds.length === 0) return new Map();
  const { workspaceId } = ctx.actor;
  const jobs = await ctx.db
    .select({ id: trainingJobs.id, spec: trainingJobs.spec })
    .from(trainingJobs)
    .where(and(eq(trainingJobs.workspaceId, workspaceId), inArray(trainingJobs.id, [...jobIds])));
  const { jobId, startedAt, heartbeatAt, endedAt, machine } = trainingAttempts;
  const attempts = await ctx.db
    .select({ jobId, startedAt, heartbeatAt, endedAt, machine })
    .from(trainingAttempts)
    .where(and(eq(trainingAttempts.workspaceId, workspaceId), inArray(jobId, [...jobIds])));
  const attemptsOf = Map.groupBy(attempts, (attempt) => attempt.jobId);
  const book = await readBook(ctx);
  return new Map(
    jobs.map(({ id, spec }) => {
      const { cost, currency } = costOfAttempts(spec.resources, attemptsOf.get(id) ?? [], book);
      return [id, { cost, currency }];
    }),
  );
}
