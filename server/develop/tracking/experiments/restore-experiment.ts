import { and, eq } from "drizzle-orm";
import { experiments, runs } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { refuseWhilePurged } from "#server/platform/purge-lock/refuse-while-purged.ts";
import { noExperiment, thisExperiment } from "./lock-experiment.ts";
import { unlessNameInUse } from "./name-in-use.ts";

/**
 * Restores a deleted experiment, with the runs that were deleted with it.
 * @throws DomainError "not-found", also if it is not deleted; "conflict" if its name has been taken meanwhile, or it is being purged.
 */
export async function restoreExperiment(ctx: Context, experimentId: number): Promise<void> {
  permit(ctx, "restoreExperiment");
  await transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    const [deleted] = await ctx.db
      .select()
      .from(experiments)
      .where(thisExperiment(ctx, experimentId))
      .for("no key update");
    if (!deleted || deleted.deletedAt === null) throw noExperiment(experimentId);
    await refuseWhilePurged(ctx, "experiment", [String(experimentId)]);
    const change = ctx.db
      .update(experiments)
      .set({ deletedAt: null, updatedAt: Date.now() })
      .where(thisExperiment(ctx, experimentId));
    await unlessNameInUse(deleted.name, change.execute());
    await ctx.db
      .update(runs)
      .set({ deletedAt: null })
      .where(
        and(
          eq(runs.workspaceId, workspaceId),
          eq(runs.experimentId, experimentId),
          eq(runs.deletedAt, deleted.deletedAt),
        ),
      );
    await record(ctx, "experiment.restored", { subject: `experiment/${experimentId}`, after: { name: deleted.name } });
    await publish(ctx, "experiment", String(experimentId));
  });
}
