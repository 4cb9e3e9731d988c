import { and, eq, max, notLike, sql } from "drizzle-orm";
import { metricChunks, metricPoints, metricSeries } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Metrics of a run that its program logged. MLflow's metrics of the machine count steps of their own. */
const ofRun = (ctx: Context, runId: string) =>
  and(
    eq(metricSeries.workspaceId, ctx.actor.workspaceId),
    eq(metricSeries.runId, runId),
    notLike(metricSeries.key, "system/%"),
  );

/** Returns the highest step that a run has logged. Null without any. */
export async function highestStep(ctx: Context, runId: string): Promise<number | null> {
  const [row] = await ctx.db
    .select({ step: max(metricSeries.step) })
    .from(metricSeries)
    .where(ofRun(ctx, runId));
  return row?.step ?? null;
}

/**
 * Returns the highest step that a run logged between two moments of its program's clock, in milliseconds since 1970. Null without any. Of points
 * that are packed, which those of the last minute are not, the first or the last of the pack counts.
 */
export async function highestStepBetween(
  ctx: Context,
  runId: string,
  { from, until }: { from: number; until: number },
): Promise<number | null> {
  const { rows } = await ctx.db.execute<{ step: number | null }>(sql`
    select max(step)::float8 as step from (
      select ${metricPoints.step} as step from ${metricSeries} join ${metricPoints} on ${metricPoints.seriesId} = ${metricSeries.id}
      where ${ofRun(ctx, runId)} and ${metricPoints.timestamp} between ${from} and ${until}
      union all
      select case when ${metricChunks.latest} <= ${until} then ${metricChunks.lastStep} else ${metricChunks.firstStep} end
      from ${metricSeries} join ${metricChunks} on ${metricChunks.seriesId} = ${metricSeries.id}
      where ${ofRun(ctx, runId)} and ${metricChunks.earliest} between ${from} and ${until}
    ) as logged`);
  return rows[0]?.step ?? null;
}

/**
 * Returns the highest step of an attempt: what it has logged, or its wrapper has seen; it never falls. The first attempt has all steps of its run.
 * Of a later one only those count that were logged since its start: a resumed program begins below the last step of the one before.
 */
export async function lastStepOf(
  ctx: Context,
  {
    runId,
    attempt,
    reported = null,
  }: {
    runId: string;
    attempt: { number: number; startedAt: Date | null; lastStep: number | null };
    reported?: number | null;
  },
): Promise<number | null> {
  const steps = [attempt.lastStep, reported, await loggedBy(ctx, runId, attempt)].filter((step) => step !== null);
  return steps.length === 0 ? null : Math.max(...steps);
}

function loggedBy(
  ctx: Context,
  runId: string,
  { number, startedAt }: { number: number; startedAt: Date | null },
): Promise<number | null> | null {
  if (number === 1) return highestStep(ctx, runId);
  if (startedAt === null) return null;
  return highestStepBetween(ctx, runId, { from: startedAt.getTime(), until: Number.MAX_SAFE_INTEGER });
}
