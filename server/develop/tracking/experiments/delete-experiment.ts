import { and, eq, isNull, max } from "drizzle-orm";
import { experiments, runs } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { noteLock } from "#server/base/lock-order.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { noExperiment, thisExperiment } from "./lock-experiment.ts";

/**
 * Moves an experiment and its runs to the trash, to be restored together. Its name becomes free. @throws DomainError "not-found", also if
 * it is deleted already.
 */
export async function deleteExperiment(ctx: Context, experimentId: number): Promise<void> {
  permit(ctx, "deleteExperiment");
  await transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    const ofExperiment = and(eq(runs.workspaceId, workspaceId), eq(runs.experimentId, experimentId));
    noteLock(ctx, "experiment");
    await ctx.db
      .select({ id: experiments.id })
      .from(experiments)
      .where(thisExperiment(ctx, experimentId))
      .for("no key update");
    // In the order of their ids, as those who delete, restore and tag many runs lock them.
    const locked = ctx.db
      .select({ at: runs.deletedAt })
      .from(runs)
      .where(ofExperiment)
      .orderBy(runs.id)
      .for("no key update")
      .as("locked");
    const [last] = await ctx.db.select({ at: max(locked.at) }).from(locked);
    // This time distinguishes the runs deleted with the experiment from those deleted before, so it must be later than all of theirs.
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
