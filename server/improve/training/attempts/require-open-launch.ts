import { and, desc, eq, sql } from "drizzle-orm";
import { trainingAttempts, trainingLaunches } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { openJobStates } from "../contract.ts";
import type { JobRow } from "../jobs/lock-job.ts";

export const doNotRun = (why: string) => new DomainError("conflict", `Do not run this launch. ${why}`);
export const hasEnded = "It has ended; the job continues with another launch.";

/**
 * Checks that a launch is the one that its job waits for. The caller holds the job.
 * @returns the time of the database @throws DomainError "conflict" with the reason why it must not run
 */
export async function requireOpenLaunch(ctx: Context, job: JobRow, launch: number): Promise<{ now: Date }> {
  if (job.stopRequest) throw doNotRun("It is being stopped.");
  if (!openJobStates.some((state) => state === job.state)) throw doNotRun(`It has ended: ${job.state}.`);
  if (launch !== job.launches) throw doNotRun("A later launch has replaced this one.");
  const [own] = await ctx.db
    .select({ endedAt: trainingLaunches.endedAt, now: sql`now()`.mapWith(trainingLaunches.launchedAt) })
    .from(trainingLaunches)
    .where(
      and(
        eq(trainingLaunches.workspaceId, ctx.actor.workspaceId),
        eq(trainingLaunches.jobId, job.id),
        eq(trainingLaunches.number, launch),
      ),
    );
  if (!own || own.endedAt) throw doNotRun(hasEnded);
  return { now: own.now };
}

/** The newest attempt, held until the transaction ends. */
export async function loadNewest(
  ctx: Context,
  jobId: string,
): Promise<typeof trainingAttempts.$inferSelect | undefined> {
  const [newest] = await ctx.db
    .select()
    .from(trainingAttempts)
    .where(and(eq(trainingAttempts.workspaceId, ctx.actor.workspaceId), eq(trainingAttempts.jobId, jobId)))
    .orderBy(desc(trainingAttempts.number))
    .limit(1)
    .for("no key update");
  return newest;
}
