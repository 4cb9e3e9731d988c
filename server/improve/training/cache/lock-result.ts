import { and, eq } from "drizzle-orm";
import { trainingCache, trainingJobs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { holdToken } from "#server/develop/tracking/runs/own-run.ts";
import { CacheFile } from "./contract.ts";

export type CacheRow = typeof trainingCache.$inferSelect;

/** Returns the job whose program calls. @throws DomainError "conflict" for any other caller */
export async function jobOfCaller(ctx: Context): Promise<{ id: string; runId: string }> {
  const runId = ctx.actor.run?.id;
  const [job] =
    runId === undefined
      ? []
      : await ctx.db
          .select({ id: trainingJobs.id, runId: trainingJobs.runId })
          .from(trainingJobs)
          .where(and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), eq(trainingJobs.runId, runId)));
  if (!job) throw new DomainError("conflict", "Only the program of a training job uses the cache.");
  return job;
}

/** Locks a result. The token of the caller stays valid until the transaction ends. */
export async function lockResult(ctx: Context, key: string): Promise<CacheRow | undefined> {
  await holdToken(ctx);
  const [row] = await ctx.db.select().from(trainingCache).where(thisResult(ctx, key)).for("update");
  return row;
}

/** Locks a result that the caller makes. @throws DomainError "conflict" where it does not, or no longer */
export async function lockOwnResult(ctx: Context, key: string): Promise<CacheRow> {
  const job = await jobOfCaller(ctx);
  const row = await lockResult(ctx, key);
  if (row?.state !== "running" || row.jobId !== job.id) {
    throw new DomainError("conflict", "This job does not make this result.");
  }
  return row;
}

export const thisResult = (ctx: Context, key: string) =>
  and(eq(trainingCache.workspaceId, ctx.actor.workspaceId), eq(trainingCache.key, key));

/** The files of a result; none while it is made. */
export const filesOf = ({ output }: CacheRow): CacheFile[] => CacheFile.array().parse(output?.files ?? []);
