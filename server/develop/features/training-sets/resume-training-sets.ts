import { and, eq, gte, inArray, lt, or, sql } from "drizzle-orm";
import { featureTrainingSets } from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { publish } from "#server/platform/events/publish.ts";
import { maxLeases } from "#server/platform/jobs/lease.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { permit } from "#server/platform/permissions/permit.ts";

const key = { id: featureTrainingSets.id, workspaceId: featureTrainingSets.workspaceId };

/** Resumes training sets whose runner died, or whose job was lost; and fails those on which one runner after the other died. */
export async function resumeTrainingSets(ctx: Context, attempt: Attempt = attemptOnce): Promise<void> {
  permit(ctx, "resumeTrainingSets");
  const hopeless = await ctx.db
    .select(key)
    .from(featureTrainingSets)
    .where(and(isLapsed, gte(featureTrainingSets.attempts, maxLeases)));
  for (const item of hopeless) await attempt(item, () => fail(inside(ctx, item.workspaceId), item.id));
  const lapsed = await ctx.db
    .select(key)
    .from(featureTrainingSets)
    .where(and(isLapsed, lt(featureTrainingSets.attempts, maxLeases)));
  for (const item of lapsed) {
    await attempt(item, () => enqueue(inside(ctx, item.workspaceId), "make-training-set", { trainingSetId: item.id }));
  }
}

async function fail(ctx: Context, id: string): Promise<void> {
  const problem = `The worker stopped ${maxLeases} times while processing this. See its log; the data may exceed its memory.`;
  await ctx.db
    .update(featureTrainingSets)
    .set({ state: "failed", problem, endedAt: new Date(), runner: null, leasedUntil: null })
    .where(and(isLapsed, eq(featureTrainingSets.id, id)));
  log.error("training-set.failed", { trainingSetId: id, reason: "its runners died" });
  await publish(ctx, "features", id);
}

function inside(ctx: Context, workspaceId: string): Context {
  return systemContext(ctx.db, workspaceId, ctx.actor.id);
}

/** Selects training sets that need another runner. A minute is enough time for the job that was enqueued with one. */
const isLapsed = and(
  inArray(featureTrainingSets.state, ["waiting", "running"]),
  or(
    lt(featureTrainingSets.leasedUntil, sql`now()`),
    and(
      sql`${featureTrainingSets.leasedUntil} is null`,
      lt(featureTrainingSets.createdAt, sql`now() - interval '1 minute'`),
    ),
  ),
);
