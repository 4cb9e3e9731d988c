import { and, eq, ne, type SQL, sql } from "drizzle-orm";
import { trainingCache } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { cacheFileKey } from "./cache-key.ts";
import { maxCacheBytes as defaultMaxBytes } from "./contract.ts";
import { thisResult } from "./lock-result.ts";

/**
 * Removes results until the rest has room, those first that were not used for the longest time, and what jobs have begun and left. The row is
 * locked until its files are gone, so that a job that wants to make it again waits. What an open job makes is never removed, nor the result
 * that was just kept.
 */
export async function removeUnused(
  ctx: Context,
  {
    artifacts,
    kept,
    maxCacheBytes = defaultMaxBytes,
  }: { artifacts: Pick<ArtifactStore, "remove">; kept: string; maxCacheBytes?: number },
): Promise<void> {
  const isLeft = sql`${trainingCache.state} = 'running' and not exists (
    select from training_jobs as job where job.id = training_cache.job_id
      and job.state in ('waiting', 'submitting', 'running', 'resuming'))`;
  while (await removeFirst(ctx, artifacts, isLeft));
  const isDone = and(eq(trainingCache.state, "done"), ne(trainingCache.key, kept));
  while ((await bytesOf(ctx)) > maxCacheBytes && (await removeFirst(ctx, artifacts, isDone)));
}

async function bytesOf({ db, actor }: Context): Promise<number> {
  const [total] = await db
    .select({ bytes: sql<number>`coalesce(sum(${trainingCache.sizeBytes}), 0)::float8` })
    .from(trainingCache)
    .where(eq(trainingCache.workspaceId, actor.workspaceId));
  return total?.bytes ?? 0;
}

/** @returns whether there was one */
function removeFirst(ctx: Context, artifacts: Pick<ArtifactStore, "remove">, which: SQL | undefined): Promise<boolean> {
  return transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    const [oldest] = await ctx.db
      .select({ key: trainingCache.key })
      .from(trainingCache)
      .where(and(eq(trainingCache.workspaceId, workspaceId), which))
      .orderBy(trainingCache.usedAt, trainingCache.key)
      .limit(1)
      .for("update", { skipLocked: true });
    if (!oldest) return false;
    await artifacts.remove(cacheFileKey(workspaceId, oldest.key));
    await ctx.db.delete(trainingCache).where(thisResult(ctx, oldest.key));
    return true;
  });
}
