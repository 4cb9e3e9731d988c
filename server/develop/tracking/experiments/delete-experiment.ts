import { and, eq, isNull, max } from "drizzle-orm";
import { experiments, runs } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { noExperiment, thisExperiment } from "./lock-experiment.ts";

/** Puts an experiment and its runs away, to be restored together. Its name is free then. @throws DomainError "not-found", also when it is deleted already. */
export async function deleteExperiment(ctx: Context, experimentId: number): Promise<void> {
  permit(ctx, "deleteExperiment");
  await transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    const ofExperiment = and(eq(runs.workspaceId, workspaceId), eq(runs.experimentId, experimentId));
    const [last] = await ctx.db
      .select({ at: max(runs.deletedAt) })
      .from(runs)
      .where(ofExperiment);
    // Its time tells the runs that go with it from those that went before, so no run may have the same.
    const now = Math.max(Date.now(), (last?.at ?? 0) + 1);
    const [experiment] = await ctx.db
      .update(experiments)
      .set({ deletedAt: now, updatedAt: now })
      .where(and(thisExperiment(ctx, experimentId), isNull(experiments.deletedAt)))
      .returning();
    if (!experiment) throw noExperiment(experimentId);
    await ctx.db
      .update(runs)
      .set({ deletedAt: now })
      .where(and(ofExperiment, isNull(runs.deletedAt)));
    await record(ctx, "experiment.deleted", {
      subject: `experiment/${experimentId}`,
      before: { name: experiment.name },
    });
    await publish(ctx, "experiment", String(experimentId));
  });
}
