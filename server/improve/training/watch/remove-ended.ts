import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { trainingLaunches } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Round } from "#server/platform/jobs/watcher.ts";
import type { Engine } from "../engines/engine.ts";
import { launchIdOf } from "../jobs/job-id.ts";

interface Removals {
  engine: Pick<Engine, "remove">;
  round: Pick<Round, "attempt" | "isSetAside">;
}

/** Longest time for one removal. */
const callMs = 10_000;
/** Time after which the rest waits for the next round. */
const allMs = 10_000;
/** Launches that are read at a time. */
const batch = 500;

/**
 * Lets an engine forget launches that ended a minute ago or earlier; their log is in Leeway. Each is an item of its own: one that its engine
 * does not remove is tried again later, after those that have not failed, and keeps nothing else of the engine waiting.
 */
export async function removeEnded(ctx: Context, engineId: string, { engine, round }: Removals): Promise<void> {
  const { workspaceId } = ctx.actor;
  const ended = await ctx.db
    .select({
      jobId: trainingLaunches.jobId,
      number: trainingLaunches.number,
      handle: trainingLaunches.handle,
    })
    .from(trainingLaunches)
    .where(
      and(
        eq(trainingLaunches.workspaceId, workspaceId),
        eq(trainingLaunches.engineId, engineId),
        isNull(trainingLaunches.removedAt),
        sql`${trainingLaunches.endedAt} < now() - interval '1 minute'`,
      ),
    )
    .orderBy(asc(trainingLaunches.endedAt), asc(trainingLaunches.jobId))
    .limit(batch);
  const items = ended.map((launch) => ({ launch, id: `removal of ${launchIdOf(launch.jobId, launch.number)}` }));
  const [failed, others] = [
    items.filter(({ id }) => round.isSetAside(id)),
    items.filter(({ id }) => !round.isSetAside(id)),
  ];
  const startedAt = performance.now();
  for (const { id, launch } of [...others, ...failed]) {
    if (performance.now() - startedAt > allMs) return;
    await round.attempt({ id, workspaceId }, async () => {
      if (launch.handle) await engine.remove(launch.handle, AbortSignal.timeout(callMs));
      await markRemoved(ctx, launch);
    });
  }
}

type LaunchKey = Pick<typeof trainingLaunches.$inferSelect, "jobId" | "number">;

async function markRemoved(ctx: Context, { jobId, number }: LaunchKey): Promise<void> {
  await ctx.db
    .update(trainingLaunches)
    .set({ removedAt: sql`now()` })
    .where(
      and(
        eq(trainingLaunches.workspaceId, ctx.actor.workspaceId),
        eq(trainingLaunches.jobId, jobId),
        eq(trainingLaunches.number, number),
      ),
    );
}
