import { hostname } from "node:os";
import { and, eq, isNull, sql } from "drizzle-orm";
import { gameDays } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { preemptJob } from "#server/improve/training/jobs/preempt-job.ts";
import { isInForce } from "#server/serve/faults/is-in-force.ts";

/**
 * Carries out the fault of a game day that has started, where that is one act of the worker: preempts a training job. All other faults are made by
 * the processes that they affect. Once for each game day; the caller has checked permissions.
 * @returns words for the log; null where there is nothing to do, or another worker has done it
 * @throws DomainError "not-found" without the job; "conflict" while no program of it runs, or where it does not run on this machine: then the
 * fault is still to be carried out
 */
export async function carryOutFault(ctx: Context, day: typeof gameDays.$inferSelect): Promise<string | null> {
  const { fault, id, number } = day;
  if (fault.kind !== "job-preempted") return null;
  return transact(ctx, async (ctx) => {
    if (!(await claim(ctx, id))) return null;
    const job = await preemptJob(ctx, { job: fault.job, reason: `game day GD-${number}` });
    const words = `Preempted ${job.name} in attempt ${job.attempts.at(-1)?.number ?? 1}.`;
    return fault.tearsCheckpoint ? `${words} Its newest checkpoint is served damaged at the next start.` : words;
  });
}

/** Takes the fault, so that it is carried out once. @returns false where it was taken before, or the game day is over */
async function claim(ctx: Context, gameDayId: string): Promise<boolean> {
  const isThis = and(eq(gameDays.workspaceId, ctx.actor.workspaceId), eq(gameDays.id, gameDayId));
  const [claimed] = await ctx.db
    .update(gameDays)
    .set({ takenBy: `${hostname()}-${process.pid}`, updatedAt: sql`now()` })
    .where(and(isThis, isNull(gameDays.takenBy), isInForce()))
    .returning({ id: gameDays.id });
  return claimed !== undefined;
}
