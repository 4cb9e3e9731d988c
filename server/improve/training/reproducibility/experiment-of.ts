import { and, eq, isNull } from "drizzle-orm";
import { experiments, runs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";

/** Returns the name of the experiment that a job's run belongs to; that of all jobs where it was deleted. */
export function experimentOf(ctx: Context, job: { runId: string }): Promise<string> {
  permit(ctx, "getJob");
  return loadExperimentName(ctx, job);
}

/** The same for a caller that has checked permissions. */
export async function loadExperimentName(ctx: Context, { runId }: { runId: string }): Promise<string> {
  const [experiment] = await ctx.db
    .select({ name: experiments.name })
    .from(runs)
    .innerJoin(experiments, eq(experiments.id, runs.experimentId))
    .where(and(eq(runs.workspaceId, ctx.actor.workspaceId), eq(runs.id, runId), isNull(experiments.deletedAt)));
  return experiment?.name ?? "Training";
}
