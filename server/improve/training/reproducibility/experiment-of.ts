import { and, eq, isNull } from "drizzle-orm";
import { experiments, runs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";

/** Returns the name of the experiment that a job's run belongs to; that of all jobs where it was deleted. */
export async function experimentOf(ctx: Context, { runId }: { runId: string }): Promise<string> {
  permit(ctx, "getJob");
  const [experiment] = await ctx.db
    .select({ name: experiments.name })
    .from(runs)
    .innerJoin(experiments, eq(experiments.id, runs.experimentId))
    .where(and(eq(runs.workspaceId, ctx.actor.workspaceId), eq(runs.id, runId), isNull(experiments.deletedAt)));
  return experiment?.name ?? "Training";
}
