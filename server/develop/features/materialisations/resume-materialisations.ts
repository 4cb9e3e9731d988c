import { and, eq, gte, inArray, lt, or, sql } from "drizzle-orm";
import { featureMaterialisations } from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { publish } from "#server/platform/events/publish.ts";
import { maxLeases } from "#server/platform/jobs/lease.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { permit } from "#server/platform/permissions/permit.ts";

const key = { id: featureMaterialisations.id, workspaceId: featureMaterialisations.workspaceId };

/** Resumes materialisations whose runner died, or whose job was lost; and fails those on which one runner after the other died. */
export async function resumeMaterialisations(ctx: Context, attempt: Attempt = attemptOnce): Promise<void> {
  permit(ctx, "resumeMaterialisations");
  const hopeless = await ctx.db
    .select(key)
    .from(featureMaterialisations)
    .where(and(isLapsed, gte(featureMaterialisations.attempts, maxLeases)));
  for (const item of hopeless) await attempt(item, () => fail(inside(ctx, item.workspaceId), item.id));
  const lapsed = await ctx.db
    .select(key)
    .from(featureMaterialisations)
    .where(and(isLapsed, lt(featureMaterialisations.attempts, maxLeases)));
  for (const item of lapsed) {
    await attempt(item, () => enqueue(inside(ctx, item.workspaceId), "materialise", { materialisationId: item.id }));
  }
}

async function fail(ctx: Context, id: string): Promise<void> {
  const problem = `The worker stopped ${maxLeases} times at the same row. See its log; rows may exceed its memory.`;
  await ctx.db
    .update(featureMaterialisations)
    .set({ state: "failed", problem, endedAt: new Date(), runner: null, leasedUntil: null })
    .where(and(isLapsed, eq(featureMaterialisations.id, id)));
  log.error("materialisation.failed", { materialisationId: id, reason: "its runners died" });
  await publish(ctx, "features", id);
}

function inside(ctx: Context, workspaceId: string): Context {
  return systemContext(ctx.db, workspaceId, ctx.actor.id);
}

/** Selects materialisations that need another runner. A minute is enough time for the job that was enqueued with one. */
const isLapsed = and(
  inArray(featureMaterialisations.state, ["waiting", "running"]),
  or(
    lt(featureMaterialisations.leasedUntil, sql`now()`),
    and(
      sql`${featureMaterialisations.leasedUntil} is null`,
      lt(featureMaterialisations.createdAt, sql`now() - interval '1 minute'`),
    ),
  ),
);
