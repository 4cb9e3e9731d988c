import { and, eq, max, notLike } from "drizzle-orm";
import { metricSeries } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Returns the highest step that a run has logged. MLflow's metrics of the machine count steps of their own. Null without any. */
export async function highestStep(ctx: Context, runId: string): Promise<number | null> {
  const [row] = await ctx.db
    .select({ step: max(metricSeries.step) })
    .from(metricSeries)
    .where(
      and(
        eq(metricSeries.workspaceId, ctx.actor.workspaceId),
        eq(metricSeries.runId, runId),
        notLike(metricSeries.key, "system/%"),
      ),
    );
  return row?.step ?? null;
}

/** Returns the highest step of an attempt: what its run has logged, or its wrapper has seen; it never falls. */
export async function lastStepOf(
  ctx: Context,
  { runId, atLeast, reported }: { runId: string; atLeast: number | null; reported: number | null },
): Promise<number | null> {
  const steps = [atLeast, reported, await highestStep(ctx, runId)].filter((step) => step !== null);
  return steps.length === 0 ? null : Math.max(...steps);
}
