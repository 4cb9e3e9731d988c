import { and, isNotNull } from "drizzle-orm";
import { runs } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { refuseWhilePurged } from "#server/platform/purge-lock/refuse-while-purged.ts";
import { lockActiveExperiment } from "../experiments/lock-experiment.ts";
import { noRun, thisRun } from "./lock-run.ts";

/**
 * Brings a deleted run back; one that is not deleted stays as it is.
 * @throws DomainError "not-found", "invalid" while its experiment is deleted, "conflict" while it is being purged
 */
export async function restoreRun(ctx: Context, runId: string): Promise<void> {
  permit(ctx, "restoreRun");
  await transact(ctx, async (ctx) => {
    const [known] = await ctx.db.select().from(runs).where(thisRun(ctx, runId));
    if (!known) throw noRun(runId);
    if (known.deletedAt === null) return;
    await lockActiveExperiment(ctx, known.experimentId, "share");
    const restored = await ctx.db
      .update(runs)
      .set({ deletedAt: null })
      .where(and(thisRun(ctx, runId), isNotNull(runs.deletedAt)))
      .returning({ name: runs.name });
    await refuseWhilePurged(ctx, "run", [runId]);
    // The purge that this may have waited for has ended, and the run with it.
    if (restored.length === 0 && (await ctx.db.$count(runs, thisRun(ctx, runId))) === 0) throw noRun(runId);
    for (const { name } of restored) await record(ctx, "run.restored", { subject: `run/${runId}`, after: { name } });
    await publish(ctx, "run", runId);
    await publish(ctx, "experiment", String(known.experimentId));
  });
}
