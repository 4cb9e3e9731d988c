import { and, count, eq, isNull, notInArray } from "drizzle-orm";
import { experiments, purges, runs } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { noteLock } from "#server/base/lock-order.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { refuseWhilePurged } from "#server/platform/purge-lock/refuse-while-purged.ts";
import { noExperiment, thisExperiment } from "./lock-experiment.ts";
import { unlessNameInUse } from "./name-in-use.ts";

/**
 * Restores a deleted experiment, with the runs that were deleted with it. A run that is being purged stays in the trash.
 * @throws DomainError "not-found", also if it is not deleted; "conflict" if its name has been taken meanwhile, or it is being purged.
 */
export async function restoreExperiment(ctx: Context, experimentId: number): Promise<void> {
  permit(ctx, "restoreExperiment");
  await transact(ctx, async (ctx) => {
    noteLock(ctx, "experiment");
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
    await restoreRuns(ctx, experimentId, deleted.deletedAt);
    await record(ctx, "experiment.restored", { subject: `experiment/${experimentId}`, after: { name: deleted.name } });
    await publish(ctx, "experiment", String(experimentId));
  });
}

/** Restores the runs that were deleted with the experiment, except for those that are being purged. */
async function restoreRuns(ctx: Context, experimentId: number, deletedAt: number): Promise<void> {
  const { workspaceId } = ctx.actor;
  const together = and(
    eq(runs.workspaceId, workspaceId),
    eq(runs.experimentId, experimentId),
    eq(runs.deletedAt, deletedAt),
  );
  // A purge is requested under the lock of its run: with all locks held, the next statement sees each.
  const locked = ctx.db
    .select({ id: runs.id })
    .from(runs)
    .where(together)
    .orderBy(runs.id)
    .for("no key update")
    .as("locked");
  await ctx.db.select({ count: count() }).from(locked);
  const purging = ctx.db
    .select({ id: purges.subjectId })
    .from(purges)
    .where(and(eq(purges.workspaceId, workspaceId), eq(purges.kind, "run"), isNull(purges.finishedAt)));
  await ctx.db
    .update(runs)
    .set({ deletedAt: null })
    .where(and(together, notInArray(runs.id, purging)));
}
