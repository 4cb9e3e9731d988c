import { and, asc, eq } from "drizzle-orm";
import { trainingAttempts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { lostWork } from "#server/stats/training/lost-work.ts";
import type { GameDayReport } from "../contract.ts";

/**
 * Reads what a preemption cost a training job: the steps between the end of the attempt that ran and the checkpoint that the next one began
 * with, and when that began. The caller has checked permissions. @param startedAt of the game day, in milliseconds since 1970
 */
export async function readJob(ctx: Context, jobId: string, startedAt: number): Promise<GameDayReport["job"]> {
  const attempts = await ctx.db
    .select()
    .from(trainingAttempts)
    .where(and(eq(trainingAttempts.workspaceId, ctx.actor.workspaceId), eq(trainingAttempts.jobId, jobId)))
    .orderBy(asc(trainingAttempts.number));
  const at = attempts.findIndex(({ endedAt }) => endedAt !== null && endedAt.getTime() >= startedAt);
  const ended = attempts[at];
  const next = attempts.slice(at + 1).find((attempt) => attempt.startedAt !== null);
  if (!ended?.startedAt || !ended.endedAt || !next?.startedAt) return { lostSteps: null, resumedSeconds: null };
  const seconds = (date: Date) => date.getTime() / 1000;
  const { resumedFrom, fromStep } = next;
  const [loss] = lostWork(
    [
      {
        startedAt: seconds(ended.startedAt),
        endedAt: seconds(ended.endedAt),
        resumedFrom: null,
        lastStep: ended.lastStep,
      },
      { startedAt: seconds(next.startedAt), endedAt: null, resumedFrom, lastStep: null },
    ],
    resumedFrom === null ? [] : [{ id: resumedFrom, stretch: 0, savedAt: seconds(ended.endedAt), step: fromStep }],
  );
  const resumedSeconds = Math.max(0, Math.round(seconds(next.startedAt) - startedAt / 1000));
  return { lostSteps: loss?.steps ?? null, resumedSeconds };
}
